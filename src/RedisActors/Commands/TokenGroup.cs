using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// Exactly-once commands that were sent in one request and share a token. They are asked for again together, each in its place; those that
/// have ended meanwhile are not to run any more, should they not have run.
/// </summary>
internal sealed class TokenGroup
{
    private readonly RedisValue _tokenKey;
    private readonly int _count;
    private TokenHistory _history;

    private TokenGroup(List<TokenCommand> members, RedisValue tokenKey)
    {
        _tokenKey = tokenKey;
        _count = members.Count;
        for (var i = 0; i < members.Count; i++) members[i].EnterGroup(this, i);
    }

    /// <summary>The last place in the order that one of its commands has.</summary>
    public long LastSequence { get; set; }

    /// <summary>A request for commands that have not run.</summary>
    /// <param name="members">Two or more, whose keys are in one hash slot in a Redis Cluster.</param>
    /// <param name="tokens">What they share with others.</param>
    /// <param name="size">Told how long they took.</param>
    /// <param name="now">In milliseconds of the actor's clock.</param>
    public static GroupRequest Send(List<TokenCommand> members, TokenContext tokens, GroupSize size, long now) =>
        new TokenGroup(members, tokens.NextTokenKey(members[0].Command, members[0].Profile!)).Ask(members, tokens, size, now);

    /// <summary>A request for all that have not ended.</summary>
    public GroupRequest Ask(List<TokenCommand> members, TokenContext tokens, GroupSize size, long now)
    {
        var isFirst = !_history.WasAsked;
        var arguments = tokens.WrapGroup(members, _count, _tokenKey, _history.Ask(now, tokens.Eviction, elsewhere: false));
        return new GroupRequest([.. members], _count, arguments, size, isFirst ? tokens : null);
    }

    /// <inheritdoc cref="TokenHistory.IsReliable"/>
    public bool IsReliable(long now, TimeSpan keep) => _history.IsReliable(now, keep);
}

/// <summary>One request for a <see cref="TokenGroup"/>, or for commands with a token each. What it is told, it tells its commands.</summary>
internal sealed class GroupRequest : LinkRequest
{
    private readonly TokenCommand[] _recipients;
    private readonly int _count;
    private readonly GroupSize _size;
    private readonly TokenContext? _releases;

    /// <param name="recipients">Those for whom it asks, in the order of the group.</param>
    /// <param name="count">How many the group has.</param>
    /// <param name="arguments">The script's.</param>
    /// <param name="size">Told how long they took.</param>
    /// <param name="releases">
    /// Where the token is released when the reply is here; null: it is left to its expiry, since an earlier request may still be on its
    /// way somewhere, or the sender knows it.
    /// </param>
    public GroupRequest(TokenCommand[] recipients, int count, RedisValue[] arguments, GroupSize size, TokenContext? releases)
    {
        _recipients = recipients;
        _count = count;
        Arguments = arguments;
        _size = size;
        _releases = releases;
    }

    /// <summary>A request for commands with a token each, none of which has been asked for.</summary>
    /// <param name="members">Two or more, whose keys are in one hash slot in a Redis Cluster.</param>
    /// <param name="tokens">What they share with others.</param>
    /// <param name="size">Told how long they took.</param>
    public static GroupRequest ForEach(List<TokenCommand> members, TokenContext tokens, GroupSize size)
    {
        for (var i = 0; i < members.Count; i++) members[i].EnterRequest(i);
        return new GroupRequest([.. members], members.Count, tokens.WrapEach(members), size, releases: null);
    }

    public override string Name => "EVALSHA";

    public override RedisValue[] Arguments { get; }

    /// <summary>The link's own: a lane has one database.</summary>
    public override int? Database => null;

    public IReadOnlyList<TokenCommand> Recipients => _recipients;

    protected override bool HasOwnArguments => true;

    /// <summary>How many places there are.</summary>
    public int Count => _count;

    public override void Succeed(in RespValue value)
    {
        var told = 0;
        try
        {
            var replies = ExactlyOnceRequest.ReadGroup(value, _count);
            for (var place = 0; place < _count; place++)
            {
                var reply = replies.Next();
                if (told < _recipients.Length && _recipients[told].Place == place) _recipients[told++].ConcludeInGroup(reply, replies.HaveRun);
            }

            if (replies.ReadTook() is { } took) _size.Took(_count, took);
            if (replies.HaveRun) _releases?.Release(ExactlyOnceRequest.TokenKeyOf(Arguments));
        }
        catch (FormatException error)
        {
            for (; told < _recipients.Length; told++) _recipients[told].Garble(error.Message);
        }

        _recipients[0].DeliverFlight();
    }

    /// <summary>
    /// The server has not run it. When it will not take it later either, it may take most of the commands one by one: a single one of
    /// them can be the reason.
    /// </summary>
    public override void Reject(string serverError)
    {
        var isFinal = RetryableErrors.Classify(serverError) == ServerErrorKind.Final;
        if (isFinal) _size.NoMore();
        foreach (var each in _recipients)
        {
            if (isFinal && !each.MayHaveRun) each.Split(serverError);
            else each.Reject(serverError);
        }
    }

    public override void Refuse(string reason)
    {
        foreach (var each in _recipients) each.Refuse(reason);
    }

    public override void Garble(string reason)
    {
        foreach (var each in _recipients) each.Garble(reason);
    }

    public override void Fail(LinkFault fault)
    {
        foreach (var each in _recipients) each.Fail(fault);
    }
}
