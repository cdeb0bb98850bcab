using System.Collections.Concurrent;
using System.Diagnostics;
using RedisActors.CommandMetadata;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>What all exactly-once commands of one command actor share. By that actor only, but for <see cref="Release"/> and <see cref="RefusalOf"/>.</summary>
/// <param name="keep">How long the server keeps a token and its reply.</param>
/// <param name="inCluster">Whether a request may name keys of one hash slot only.</param>
/// <param name="prefix">With what the keys of tokens begin; null: as usual.</param>
internal sealed class TokenContext(TimeSpan keep, bool inCluster = false, byte[]? prefix = null)
{
    private const int TokensPerRelease = 500;

    private static readonly TimeSpan TimeIsGoodFor = TimeSpan.FromMinutes(1);

    private readonly TokenSource _tokens = new();
    private readonly List<RedisValue> _keys = [];
    private readonly List<RedisCommand?> _commands = [];
    private readonly List<OwnToken> _ownTokens = [];
    private readonly ConcurrentQueue<RedisValue> _released = new();
    private readonly TokenReleases _releases = new(TokensPerRelease, inCluster);
    private readonly ConcurrentDictionary<ScriptText, string> _scriptRefusals = new();

    // What the server's clock shows more than the actor's, at the least; null: unknown.
    private long? _serverAhead;
    private long _uncertainty;
    private long _learntTimeAt;
    private bool _usedTime;

    public TimeSpan Keep => keep;

    /// <summary>
    /// The server's words when it last refused to load a script for good (an ACL without <c>script|load</c>, an error in its text); null
    /// when it did not, or has loaded it since. From any thread.
    /// </summary>
    public string? RefusalOf(ScriptText script) => _scriptRefusals.GetValueOrDefault(script);

    /// <summary>A script was loaded, or refused in these words. By the actor only.</summary>
    public void ScriptLoaded(ScriptText script, string? refusal)
    {
        if (refusal is null) _scriptRefusals.TryRemove(script, out _);
        else _scriptRefusals[script] = refusal;
    }

    /// <summary>What the server of the present link says of keys that it evicts. By the actor only.</summary>
    public ServerEviction Eviction { get; set; } = ServerEviction.Unknown;

    /// <summary>There is a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="moment">A timestamp of <see cref="Stopwatch"/>, read before <paramref name="now"/>.</param>
    /// <param name="now">In milliseconds of the actor's clock.</param>
    public void LinkUp(IRedisLink link, long moment, long now)
    {
        _scriptRefusals.Clear();
        Eviction = link.Eviction;
        _serverAhead = null;
        if (link.Clock is { } clock) LearnTime(clock, moment, now);
    }

    /// <summary>The server has told the time.</summary>
    /// <param name="clock">Its clock.</param>
    /// <param name="moment">A timestamp of <see cref="Stopwatch"/>, read before <paramref name="now"/>.</param>
    /// <param name="now">In milliseconds of the actor's clock.</param>
    public void LearnTime(ServerClock clock, long moment, long now)
    {
        // A process that is stopped between the two readings makes the server's time earlier than it is, which is safe.
        _serverAhead = clock.AtEarliest(moment).ToUnixTimeMilliseconds() - now - 1;
        _uncertainty = (long)(clock.AtLatest(moment) - clock.AtEarliest(moment)).TotalMilliseconds + 2;
        _learntTimeAt = now;
        _usedTime = false;
    }

    /// <summary>The latest time that it may be, in milliseconds of the actor's clock, when the server takes a command's time for over.</summary>
    public long LatestNow(long now) => now + _uncertainty;

    /// <summary>Whether what is known of the server's clock is so old, and needed, that the server should be asked again: clocks drift.</summary>
    public bool WantsTime(long now)
    {
        if (!_usedTime || now - _learntTimeAt < TimeIsGoodFor.TotalMilliseconds) return false;
        _usedTime = false;
        return true;
    }

    public string NextToken() => _tokens.Next();

    /// <summary>Why a command cannot be delivered exactly-once; null when it can.</summary>
    public string? WhyNot(RedisCommand command, CommandProfile? profile) =>
        profile is not null && TryGetKeys(command, profile)
            ? ExactlyOnceRequest.WhyNotWrappable(command, profile, _keys, inCluster)
            : "nobody knows which keys it touches";

    /// <summary>The arguments of the script for a command to which <see cref="WhyNot"/> had no objection.</summary>
    /// <param name="command">The command.</param>
    /// <param name="profile">What is known of it.</param>
    /// <param name="token">Its token.</param>
    /// <param name="evictedKeys">See <see cref="ExactlyOnceRequest.Wrap"/>.</param>
    /// <param name="deadline">When it has to be answered, in milliseconds of the actor's clock.</param>
    /// <remarks>
    /// A command with a token of its sender's may be sent from elsewhere too, by <c>RemoteRedis</c> or by a client that repeats its request. So
    /// the server sees to it that it does not run after its deadline: this process may be stopped before the request is written, and go on when
    /// somebody else has run it and the token has been forgotten.
    /// </remarks>
    public RedisValue[] Wrap(RedisCommand command, CommandProfile profile, string token, string? evictedKeys, long deadline)
    {
        TryGetKeys(command, profile);
        var latest = command.IdempotencyKey is null ? null : LatestFor(deadline);
        return ExactlyOnceRequest.Wrap(command, token, keep, _keys, evictedKeys, latest, prefix).Arguments;
    }

    /// <summary>Where a token lives that several commands share, of which this is the first.</summary>
    public RedisValue NextTokenKey(RedisCommand first, CommandProfile profile) => TokenKeyOf(first, profile, NextToken());

    /// <summary>Where the token of a command lives whose sender gave it one. From any thread.</summary>
    public RedisValue TokenKeyOf(RedisCommand command, CommandProfile profile) => TokenKeyOf(command, profile, command.IdempotencyKey!);

    private RedisValue TokenKeyOf(RedisCommand command, CommandProfile profile, string token)
    {
        profile.TryGetFirstKey(command.ArgumentArray, out var key);
        return TokenKey.For(key, token, prefix ?? TokenKey.UsualPrefix);
    }

    /// <summary>The arguments of the script for commands that share a token.</summary>
    /// <param name="members">Those that are to run.</param>
    /// <param name="count">How many places there are.</param>
    /// <param name="tokenKey">Where the token lives.</param>
    /// <param name="evictedKeys">See <see cref="ExactlyOnceRequest.Wrap"/>.</param>
    public RedisValue[] WrapGroup(List<TokenCommand> members, int count, RedisValue tokenKey, string? evictedKeys)
    {
        _keys.Clear();
        _commands.Clear();
        foreach (var member in members)
        {
            while (_commands.Count < member.Place) _commands.Add(null);
            _commands.Add(member.Command);
            member.Profile!.TryGetKeys(member.Command.ArgumentArray, _keys);
        }

        while (_commands.Count < count) _commands.Add(null);
        return ExactlyOnceRequest.WrapGroup(_commands, tokenKey, keep, _keys, evictedKeys);
    }

    /// <summary>The arguments of the script for commands with a token each, none of which has been asked for.</summary>
    public RedisValue[] WrapEach(List<TokenCommand> members)
    {
        _keys.Clear();
        _commands.Clear();
        _ownTokens.Clear();
        foreach (var member in members)
        {
            var first = _keys.Count;
            member.Profile!.TryGetKeys(member.Command.ArgumentArray, _keys);
            _commands.Add(member.Command);
            _ownTokens.Add(ExactlyOnceRequest.TokenOf(member.Command, _keys[first], LatestFor(member.Deadline), prefix));
        }

        return ExactlyOnceRequest.WrapEach(_commands!, _ownTokens, keep, _keys);
    }

    /// <summary>The reply to this token has come and nobody else knows the token: the server may forget it. From any thread.</summary>
    /// <param name="tokenKey">Where the server keeps it.</param>
    public void Release(RedisValue tokenKey) => _released.Enqueue(tokenKey);

    /// <summary>Takes the tokens that the server may forget, as the arguments of <c>UNLINK</c> requests. By the actor only.</summary>
    public IEnumerable<RedisValue[]> TakeReleases()
    {
        while (_released.TryDequeue(out var key)) _releases.Add(key);
        while (_releases.TryTake(partial: true, out var arguments)) yield return arguments;
    }

    private long? LatestFor(long deadline)
    {
        // A server that does not tell the time is left in peace.
        if (deadline == long.MaxValue || _serverAhead is not { } ahead) return null;
        _usedTime = true;
        return ahead + deadline;
    }

    private bool TryGetKeys(RedisCommand command, CommandProfile profile)
    {
        _keys.Clear();
        return profile.TryGetKeys(command.ArgumentArray, _keys);
    }
}
