using System.Collections.Concurrent;
using RedisActors.Delivery;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>What all exactly-once commands of one command actor share.</summary>
/// <param name="rules">Knows which keys a command touches.</param>
/// <param name="keep">How long the server keeps a token and its reply.</param>
internal sealed class TokenContext(ReplayPolicy rules, TimeSpan keep)
{
    private readonly TokenSource _tokens = new();
    private readonly ConcurrentQueue<RedisValue> _released = new();

    public TimeSpan Keep => keep;

    public bool HasReleased => !_released.IsEmpty;

    public string NextToken() => _tokens.Next();

    /// <summary>Why a command cannot be executed exactly once, or null when it can.</summary>
    public string? WhyNot(RedisCommand command) =>
        TryGetKeys(command, out var keys)
            ? ExactlyOnceRules.WhyNotWrappable(command, keys, cluster: false)
            : $"{command.Name} cannot be delivered exactly once: it is not known which keys it touches";

    /// <summary>The arguments of the script for a command.</summary>
    public RedisValue[] Wrap(RedisCommand command, string token) =>
        ExactlyOnce.Wrap(command, token, keep, TryGetKeys(command, out var keys) ? keys : []).Arguments;

    /// <summary>The reply to this token has come and nobody else knows the token: the server may forget it. From any thread.</summary>
    public void Release(RedisCommand command, string token)
    {
        if (TryGetKeys(command, out var keys) && keys.Count > 0) _released.Enqueue(TokenKey.For(keys[0], token));
    }

    /// <summary>Takes the keys of tokens that the server may forget, as many as there are, up to a number.</summary>
    public RedisValue[] TakeReleased(int most)
    {
        var keys = new List<RedisValue>();
        while (keys.Count < most && _released.TryDequeue(out var key)) keys.Add(key);
        return [.. keys];
    }

    private bool TryGetKeys(RedisCommand command, out List<RedisValue> keys)
    {
        keys = [];
        return rules.TryGetKeys(command, keys);
    }
}
