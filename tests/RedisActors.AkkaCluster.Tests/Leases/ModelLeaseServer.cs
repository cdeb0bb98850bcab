namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>
/// What <see cref="LeaseScripts"/> do, over a server whose time is given and which can lose what it knows. Shares no code with them.
/// </summary>
internal sealed class ModelLeaseServer(double timeToLive, bool waitsAfterLoss)
{
    private Record _record = new(-1, null, 0, 0, 0);
    private Record _snapshot = new(-1, null, 0, 0, 0);
    private int _run;

    public long? Acquire(string id, double now)
    {
        LookWhoIAm(now);
        if (_record.Holder is not null && _record.Until > now) return null;
        if (_record.ClosedUntil > now) return null;
        _record = _record with { Holder = id, Until = now + timeToLive, Token = Math.Max((long)(now * 1000), _record.Token + 1) };
        return _record.Token;
    }

    public bool Renew(string id, double now)
    {
        LookWhoIAm(now);
        if (_record.Holder != id || _record.Until <= now) return false;
        _record = _record with { Until = now + timeToLive };
        return true;
    }

    public void Release(string id, double now)
    {
        LookWhoIAm(now);
        if (_record.Holder == id) _record = _record with { Holder = null };
    }

    public void Save() => _snapshot = _record;

    public void Restart(Loss loss)
    {
        _run++;
        if (loss == Loss.SinceTheSnapshot) _record = _snapshot;
        if (loss == Loss.Everything) Empty();
    }

    public void Empty() => _record = new Record(-1, null, 0, 0, 0);

    private void LookWhoIAm(double now)
    {
        if (_record.Run != _run) _record = _record with { Run = _run, ClosedUntil = waitsAfterLoss ? now + timeToLive : 0 };
    }

    public enum Loss
    {
        Nothing,
        SinceTheSnapshot,
        Everything,
    }

    private sealed record Record(int Run, string? Holder, double Until, long Token, double ClosedUntil);
}
