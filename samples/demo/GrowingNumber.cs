using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// A key to which one sender writes 1, 2, 3 and so on, and which it reads. What is read may never be older than what the sender
/// had been told was written when it asked. Sending and answers belong to one actor; nothing here is locked.
/// </summary>
internal sealed class GrowingNumber
{
    private readonly LedgerCounter _writes;
    private readonly LedgerCounter _reads;
    private long _written;
    private long _toldWritten;
    private long _stale;

    public GrowingNumber(string key, LedgerCounter writes, LedgerCounter reads)
    {
        Key = key;
        _writes = writes;
        _reads = reads;
    }

    public string Key { get; }

    /// <summary>How often an older number was read than the one that had been told as written.</summary>
    public long Stale => Interlocked.Read(ref _stale);

    public RedisCommand Write(TimeSpan timeout)
    {
        var number = ++_written;
        return new RedisCommand("SET", Key, number) { State = new WriteEntry(this, number, _writes.Sent()), Timeout = timeout };
    }

    public RedisCommand Read(TimeSpan timeout) =>
        new("GET", Key) { State = new ReadEntry(this, _toldWritten, _reads.Sent()), Timeout = timeout };

    /// <summary>Holds what the server has in the end against what the sender was told.</summary>
    public void CheckAtTheEnd(long onServer) => Check(onServer, _toldWritten);

    private void Check(long read, long atLeast)
    {
        if (read < atLeast || read > _written) Interlocked.Increment(ref _stale);
    }

    private sealed class WriteEntry(GrowingNumber owner, long number, LedgerEntry entry) : IDemoEntry
    {
        public void Applied(RespValue value)
        {
            owner._toldWritten = Math.Max(owner._toldWritten, number);
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
