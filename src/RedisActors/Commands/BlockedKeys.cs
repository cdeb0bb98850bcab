using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// The keys of commands that have to be asked again: what touches them waits behind those commands. Keys of the same name in two
/// databases count as one, since a database that is not named is one of those that are.
/// </summary>
internal sealed class BlockedKeys(ReplayPolicy rules)
{
    private readonly HashSet<RedisValue> _keys = [];
    private readonly List<RedisValue> _found = [];

    /// <summary>Holds a command's keys. False when nobody knows which they are.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return false;
        foreach (var key in _found) _keys.Add(key);
        return true;
    }

    /// <summary>Whether a command has to wait: it touches a held key, or nobody knows which keys it touches.</summary>
    public bool Touches(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return true;
        foreach (var key in _found)
        {
            if (_keys.Contains(key)) return true;
        }

        return false;
    }

    public void Clear() => _keys.Clear();
}
