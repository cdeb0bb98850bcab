using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace RedisActors.Connection;

/// <summary>
/// Answers what StackExchange.Redis asks a server before it takes a connection for established, in the place of the server, which
/// has been asked everything by then.
/// </summary>
/// <remarks>
/// The client asks for the server's role, its mode, its databases and the other nodes of a Redis Cluster, and would then choose
/// among those by itself. Here it is told of none: it sends everything that it is given over the one connection it has. And it
/// depends on no permission that a user of the server may lack.
/// </remarks>
internal sealed class ClientHandshake
{
    private static readonly byte[] Echo = [.. "*2\r\n$4\r\nECHO\r\n"u8];
    private static readonly byte[] Info = [.. "*2\r\n$4\r\nINFO\r\n"u8];
    private static readonly byte[] Ping = [.. "*1\r\n$4\r\nPING\r\n"u8];
    private static readonly byte[] Pong = [.. "+PONG\r\n"u8];
    private static readonly byte[] Unknown = [.. "-ERR unknown command\r\n"u8];

    private readonly Pipe _answers = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly RequestCounter _requests = new();
    private readonly List<byte> _request = [];
    private readonly TaskCompletionSource _lastQuestion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _established;

    public ClientHandshake() => Answers = _answers.Reader.AsStream();

    /// <summary>The answers, to be read by the client; at its end after <see cref="End"/>.</summary>
    public Stream Answers { get; }

    /// <summary>
    /// Completes when the client has asked all that it asks by itself: its <c>ECHO</c>, after whose answer it takes the connection
    /// for established, and after that once more for the role.
    /// </summary>
    public Task LastQuestion => _lastQuestion.Task;

    /// <summary>Takes what the client writes.</summary>
    public void Ask(ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes)
        {
            _request.Add(next);
            var before = _requests.Count;
            _requests.Advance([next]);
            if (_requests.Count > before) Answer();
        }
    }

    /// <summary>No more answers: what the client asks from now on is for the server. False: it is in the middle of a request.</summary>
    public bool End()
    {
        _answers.Writer.Complete();
        return !_requests.IsWithinRequest;
    }

    private void Answer()
    {
        var request = CollectionsMarshal.AsSpan(_request);
        var isEcho = request.StartsWith(Echo);
        var isLast = _established && request.StartsWith(Info);

        // The string to be echoed is written in a request as it is in an answer.
        _answers.Writer.Write(isEcho ? request[Echo.Length..] : request.SequenceEqual(Ping) ? Pong : Unknown);
        _request.Clear();
        _established |= isEcho;

        // Nothing waits here: the pipe holds as much as there is.
        _ = _answers.Writer.FlushAsync().AsTask();
        if (isLast) _lastQuestion.TrySetResult();
    }
}
