using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>What has to be known of one command to replay it: what a second run does, and which keys it touches.</summary>
internal sealed class CommandProfile
{
    /// <summary>
    /// Only <see cref="KeySpec.Profile"/> makes these: there is one per spec and class, so that finding one costs nothing.
    /// </summary>
    internal CommandProfile(ReplayClass replay, KeySpec keys)
    {
        Class = replay;
        Keys = keys;
    }

    public ReplayClass Class { get; }

    public KeySpec Keys { get; }

    /// <summary>The first key, in the order of the arguments; false when there is none, or when it is not known where.</summary>
    public bool TryGetFirstKey(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => Keys.TryGetFirst(arguments, out key);

    /// <summary>
    /// Adds all keys to a list. False when it is not known where they are: because nobody says so, or because the
    /// arguments are not what the command takes. A command without keys is true and adds none.
    /// </summary>
    public bool TryGetKeys(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys) => Keys.TryCollect(arguments, keys);

    public override string ToString() => $"{Class}, keys {Keys}";
}
