using System.Collections.Concurrent;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>What all exactly-once commands of one command actor share. By that actor only, but for <see cref="Release"/>.</summary>
/// <param name="rules">Knows which keys a command touches.</param>
/// <param name="keep">How long the server keeps a token and its reply.</param>
/// <param name="cluster">Whether a request may name keys of one hash slot only.</param>
internal sealed class TokenContext(ReplayPolicy rules, TimeSpan keep, bool cluster = false)
{
    private const int TokensPerRelease = 500;

    private readonly TokenSource _tokens = new();
    private readonly List<RedisValue> _keys = [];
    private readonly ConcurrentQueue<RedisValue> _released = new();
    private readonly TokenReleases _releases = new(TokensPerRelease, cluster);

    public TimeSpan Keep => keep;

    public string NextToken() => _tokens.Next();

    /// <summary>Why a command cannot be executed exactly once, or null when it can.</summary>
    public string? WhyNot(RedisCommand command) =>
        rules.TryGetKeys(command, _keys)
            ? ExactlyOnceRules.WhyNotWrappable(command, _keys, cluster)
            : $"{command.Name} cannot be delivered exactly once: it is not known which keys it touches";

    /// <summary>
    /// The keys of a command that is not in the library's table: what this server says of it is forgotten with the link, and the
    /// command may outlive that. Null for others, whose keys can be found at any time.
    /// </summary>
    public List<RedisValue>? LearntKeys(RedisCommand command) =>
        CommandTable.Find(command.Name, command.ArgumentArray) is null && rules.TryGetKeys(command, _keys) ? [.. _keys] : null;

    /// <summary>The arguments of the script for a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="token">Its token.</param>
    /// <param name="learnt">What <see cref="LearntKeys"/> gave when it was accepted.</param>
    public RedisValue[] Wrap(RedisCommand command, string token, List<RedisValue>? learnt) =>
        ExactlyOnceRequest.Wrap(command, token, keep, KeysOf(command, learnt)).Arguments;

    /// <summary>The reply to this token has come and nobody else knows the token: the server may forget it. From any thread.</summary>
    /// <param name="tokenKey">Where the server keeps it.</param>
    public void Release(RedisValue tokenKey) => _released.Enqueue(tokenKey);

    /// <summary>Takes the tokens that the server may forget, as the arguments of <c>UNLINK</c> requests. By the actor only.</summary>
    public IEnumerable<RedisValue[]> TakeReleases()
    {
        while (_released.TryDequeue(out var key)) _releases.Add(key);
        while (_releases.TryTake(partial: true, out var arguments)) yield return arguments;
    }

    private List<RedisValue> KeysOf(RedisCommand command, List<RedisValue>? learnt) =>
        learnt ?? (rules.TryGetKeys(command, _keys) ? _keys : []);
}
