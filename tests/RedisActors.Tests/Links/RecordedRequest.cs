using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Tests.Links;

/// <summary>A request that keeps what it is told, and throws when it is told if the test wants it to.</summary>
internal sealed class RecordedRequest(string name, params RedisValue[] arguments) : LinkRequest
{
    private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _times;

    public override string Name => name;

    public override RedisValue[] Arguments => arguments;

    public override int? Database => InDatabase;

    public int? InDatabase { get; init; }

    public override IReadOnlyList<RedisCommand>? Members => Transaction;

    public IReadOnlyList<RedisCommand>? Transaction { get; init; }

    /// <summary>Called with what it is told, before it counts as told.</summary>
    public Action<RecordedRequest>? OnTold { get; init; }

    /// <summary>What it was told, in one line: the reply, or what became of it and why.</summary>
    public Task<string> Told => _told.Task;

    public LinkFault? Fault { get; private set; }

    /// <summary>How many times it was told something.</summary>
    public int Times => Volatile.Read(ref _times);

    public override void Succeed(in RespValue value) => Tell(value.ToString());

    public override void Reject(string serverError) => Tell($"rejected: {serverError}");

    public override void Refuse(string reason) => Tell($"refused: {reason}");

    public override void Garble(string reason) => Tell($"garbled: {reason}");

    public override void Fail(LinkFault fault)
    {
        Fault = fault;
        Tell($"failed: {fault.Reason}");
    }

    private void Tell(string words)
    {
        Interlocked.Increment(ref _times);
        try
        {
            OnTold?.Invoke(this);
        }
        finally
        {
            _told.TrySetResult(words);
        }
    }
}
