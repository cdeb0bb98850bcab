using System.Collections;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// The arguments of a request as the client takes them, a collection of objects, without making one for each request: the
/// request is its own collection. The client reads it when it writes the request, on whichever thread does that.
/// </summary>
internal abstract class ArgumentCollection : ICollection<object>
{
    /// <summary>The arguments; the same array each time.</summary>
    public abstract RedisValue[] Arguments { get; }

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
