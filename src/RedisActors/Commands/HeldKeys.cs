using RedisActors.Delivery;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>The keys of commands that have to be asked again: what touches them waits behind those commands.</summary>
internal sealed class HeldKeys(ReplayPolicy rules)
{
    private readonly HashSet<(int? Database, RedisValue Key)> _keys = [];
    private readonly List<RedisValue> _found = [];

    /// <summary>Holds a command's keys. False when nobody knows which they are.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return false;
        foreach (var key in _found) _keys.Add((command.Database, key));
        return true;
    }

    /// <summary>Whether a command has to wait: it touches a held key, or nobody knows which keys it touches.</summary>
    public bool Touches(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return true;
        foreach (var key in _found)
        {
            if (_keys.Contains((command.Database, key))) return true;
        }

        return false;
    }

    public void Clear() => _keys.Clear();
}
