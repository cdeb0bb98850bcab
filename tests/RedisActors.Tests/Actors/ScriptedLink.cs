using System.Threading.Channels;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>
/// A link that does what the test says. It keeps what it is sent until the test answers it; only what the library asks for itself
/// is answered at once: <c>CLIENT KILL</c>, <c>SCRIPT LOAD</c> and <c>COMMAND INFO</c>, which knows no command.
/// </summary>
internal sealed class ScriptedLink(ClientIdentity identity) : IRedisLink
{
    /// <summary>A command of this name makes <see cref="Send"/> throw, which no link may do.</summary>
    public const string Crash = "CRASH";

    private readonly Channel<LinkRequest> _arrivals = Channel.CreateUnbounded<LinkRequest>();
    private readonly Lock _lock = new();
    private readonly List<string> _sent = [];
    private int _disposals;

    public ClientIdentity Identity => identity;

    public string? Warning { get; init; }

    public ServerProduct? Product { get; init; }

    public ServerEviction Eviction { get; init; } = ServerEviction.None;

    public string Endpoint => $"10.0.0.1:{identity.Id}";

    /// <summary>Whether something else than what the test answered was heard over the link; taken when it is asked for.</summary>
    public bool Heard { get; set; }

    /// <summary>Whether the server's host takes connections.</summary>
    public bool HostAccepts { get; set; }

    /// <summary>Told when the library leaves the link.</summary>
    public Action<string>? Abandoned { get; set; }

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>What the server answers to <c>CLIENT KILL</c>; null: it does what it is told.</summary>
    public string? FenceError { get; init; }

    /// <summary>Whether <c>CLIENT KILL</c> waits for the test's answer like everything else.</summary>
    public bool HoldsFence { get; init; }

    /// <summary>Everything it was sent but scripts and questions about commands, as one would type it into redis-cli.</summary>
    public string[] Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    public void Send(LinkRequest request)
    {
        switch (request.Name)
        {
            case "SCRIPT":
                request.Succeed(RespValue.BulkString("sha1"));
                return;
            case "COMMAND":
                request.Succeed(RespValue.Array(RespValue.Null));
                return;
        }

        lock (_lock) _sent.Add(string.Join(' ', [request.Name, .. request.Arguments.Select(argument => argument.ToString())]));
        switch (request.Name)
        {
            case Crash:
                throw new InvalidOperationException("a link that breaks its promise");
            case "CLIENT" when !HoldsFence && FenceError is not null:
                request.Reject(FenceError);
                break;
            case "CLIENT" when !HoldsFence:
                request.Succeed(RespValue.Integer(1));
                break;
            default:
                _arrivals.Writer.TryWrite(request);
                break;
        }
    }

    /// <summary>The next request, in the order of sending.</summary>
    public Task<LinkRequest> NextAsync() => _arrivals.Reader.ReadAsync().AsTask().WaitAsync(RedisSpec.Patience);

    public async Task<LinkRequest[]> NextAsync(int count)
    {
        var requests = new LinkRequest[count];
        for (var i = 0; i < count; i++) requests[i] = await NextAsync();
        return requests;
    }

    /// <summary>Whether a request waits for an answer that the test has not seen yet.</summary>
    public bool HasMore => _arrivals.Reader.Count > 0;

    public bool TakeHeard()
    {
        var heard = Heard;
        Heard = false;
        return heard;
    }

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => Task.FromResult(HostAccepts);

    public void Abandon(string cause) => Abandoned?.Invoke(cause);

    public void Dispose() => Interlocked.Increment(ref _disposals);
}
