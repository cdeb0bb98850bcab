using System.Buffers;
using System.Collections;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// One request to a link, with the place where its answer goes. A request is handed to one link, once, and is told exactly one of
/// <see cref="Succeed"/>, <see cref="Reject"/>, <see cref="Refuse"/>, <see cref="Garble"/> and <see cref="Fail"/>.
/// </summary>
/// <remarks>
/// It is also the collection of arguments that the client reads when it writes the request, so that none has to be made for each.
/// What these methods throw is swallowed by the link: whoever throws pays, and nobody else.
/// </remarks>
internal abstract class LinkRequest : ICollection<object>
{
    /// <summary>The command's name.</summary>
    public abstract string Name { get; }

    /// <summary>The arguments; the same array each time.</summary>
    public abstract RedisValue[] Arguments { get; }

    /// <summary>The logical database, or null for the link's own.</summary>
    public abstract int? Database { get; }

    /// <summary>The commands to send between <c>MULTI</c> and <c>EXEC</c>, instead of one by name and arguments; null: it is one.</summary>
    public virtual IReadOnlyList<RedisCommand>? Members => null;

    /// <summary>Whether the arguments are the library's own copies, which nobody can take away.</summary>
    protected virtual bool HasOwnArguments => false;

    /// <summary>The server executed the request and answered.</summary>
    public abstract void Succeed(in RespValue value);

    /// <summary>The server answered with an error.</summary>
    public abstract void Reject(string serverError);

    /// <summary>Nothing was sent: an argument that cannot be written, a command that the client does not know.</summary>
    public abstract void Refuse(string reason);

    /// <summary>The server executed the request and answered, and the client could not read the answer.</summary>
    public abstract void Garble(string reason);

    /// <summary>The link brought no answer and never will: it is lost.</summary>
    public abstract void Fail(LinkFault fault);

    /// <summary>For tests: the server answered, and its answer does not tell whether the request ran.</summary>
    public virtual void BecomeUnknown(string reason) => Garble(reason);

    /// <summary>
    /// Throws <see cref="ArgumentException"/> where an argument's memory is gone. The client would find out when it has written half
    /// of the request, and close the connection.
    /// </summary>
    internal void EnsureReadable()
    {
        if (HasOwnArguments) return;
        foreach (var argument in Arguments)
        {
            // Text, numbers and whole arrays are boxed as what they are; what is left is memory that belongs to somebody.
            if (argument.Box() is not RedisValue memory) continue;
            try
            {
                foreach (var piece in (ReadOnlySequence<byte>)memory) _ = piece.Span;
            }
            catch (Exception error)
            {
                throw new ArgumentException($"an argument cannot be read: {error.Message}", error);
            }
        }
    }

    int ICollection<object>.Count => Arguments.Length;

    bool ICollection<object>.IsReadOnly => true;

    IEnumerator<object> IEnumerable<object>.GetEnumerator() => Reader.Take(Arguments);

    IEnumerator IEnumerable.GetEnumerator() => Reader.Take(Arguments);

    void ICollection<object>.CopyTo(object[] array, int arrayIndex)
    {
        foreach (var argument in Arguments) array[arrayIndex++] = argument.Box()!;
    }

    bool ICollection<object>.Contains(object item) => item is RedisValue value && Arguments.Contains(value);

    void ICollection<object>.Add(object item) => throw new NotSupportedException();

    void ICollection<object>.Clear() => throw new NotSupportedException();

    bool ICollection<object>.Remove(object item) => throw new NotSupportedException();

    /// <summary>Goes through the arguments of one request after another: each thread has one that it uses again.</summary>
    private sealed class Reader : IEnumerator<object>
    {
        [ThreadStatic]
        private static Reader? _idle;

        private RedisValue[] _arguments = [];
        private int _index;

        public object Current => _arguments[_index].Box()!;

        public static Reader Take(RedisValue[] arguments)
        {
            var reader = _idle ?? new Reader();
            _idle = null;
            reader._arguments = arguments;
            reader._index = -1;
            return reader;
        }

        public bool MoveNext() => ++_index < _arguments.Length;

        public void Reset() => _index = -1;

        public void Dispose()
        {
            _arguments = [];
            _idle = this;
        }
    }
}

/// <summary>That the link could not bring a request's reply, and what is known about the request.</summary>
/// <param name="CertainlyNotSent">
/// Whether the server certainly has not executed the request and never will: the socket was closed before it had taken the
/// request's last byte. False: it may have been executed.
/// </param>
/// <param name="Reason">What happened, in one line.</param>
internal sealed record LinkFault(bool CertainlyNotSent, string Reason);
