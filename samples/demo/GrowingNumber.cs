using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// A key to which one sender writes 1, 2, 3 and so on, and which it reads. A read must not return an older number than the latest one
/// that was acknowledged when the read was sent. One actor sends and receives, so nothing here is locked.
/// </summary>
internal sealed class GrowingNumber
{
    private readonly LedgerCounter _writes;
    private readonly LedgerCounter _reads;
    private long _written;
    private long _acknowledged;
    private long _stale;

    public GrowingNumber(string key, LedgerCounter writes, LedgerCounter reads)
    {
        Key = key;
        _writes = writes;
        _reads = reads;
    }

    public string Key { get; }

    /// <summary>How often a read returned an older number than it may.</summary>
    public long Stale => Interlocked.Read(ref _stale);

    public RedisCommand Write(TimeSpan timeout)
    {
        var number = ++_written;
        return new RedisCommand("SET", Key, number) { State = new WriteEntry(this, number, _writes.Sent()), Timeout = timeout };
    }

    public RedisCommand Read(TimeSpan timeout) =>
        new("GET", Key) { State = new ReadEntry(this, _acknowledged, _reads.Sent()), Timeout = timeout };

    /// <summary>Checks what the server holds when all replies have come.</summary>
    public void CheckFinalValue(long onServer) => Check(onServer, _acknowledged);

    private void Check(long read, long atLeast)
    {
        if (read < atLeast || read > _written) Interlocked.Increment(ref _stale);
    }

    private sealed class WriteEntry(GrowingNumber owner, long number, LedgerEntry entry) : IDemoEntry
    {
        public void Applied(RespValue value)
        {
            owner._acknowledged = Math.Max(owner._acknowledged, number);
            entry.Applied();
        }

        public void Failed(Outcome outcome) => entry.Failed(outcome);
    }

    private sealed class ReadEntry(GrowingNumber owner, long atLeast, LedgerEntry entry) : IDemoEntry
    {
        public void Applied(RespValue value)
        {
            owner.Check(value.IsNull ? 0 : value.AsInt64(), atLeast);
            entry.Applied();
        }

        public void Failed(Outcome outcome) => entry.Failed(outcome);
    }
}
