using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>Where the commands of a connection go, as a span says it.</summary>
/// <param name="Address">The host that the settings name; null: it is known only when a command is sent, since there are several.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The number of the database, unless a command names another one.</param>
internal sealed record TracedServer(string? Address, int Port, int Database);

/// <summary>What is asked for on behalf of a command, which has a span and a count of its own.</summary>
internal interface IPartOfCommand;

/// <summary>
/// Stands before the sender of one command, while somebody listens: ends the command's span, and measures its time, with the answer.
/// </summary>
internal sealed class TracedSender : MinimalActorRef, ICancellableSender
{
    private const int MostEvents = 32;

    private static readonly TracedServer Nowhere = new(null, 0, 0);

    private readonly IActorRef _sender;
    private readonly IActorRef _redis;
    private readonly string _operation;
    private readonly string _namespace;
    private readonly Activity? _span;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly bool _serverIsKnown;
    private string? _address;
    private int _port;
    private int _events;
    private int _sent;
    private int _ended;

    private TracedSender(RedisCommand command, IActorRef sender, IActorRef redis, TracedServer server)
    {
        _sender = sender;
        _redis = redis;
        _operation = OperationOf(command);
        _namespace = (command.Database ?? server.Database).ToString(CultureInfo.InvariantCulture);
        (_address, _port) = (server.Address, server.Port);
        _serverIsKnown = _address is not null;
        _span = RedisTracing.IsOn ? RedisTracing.Start(_operation, command.Trace, TagsOf(command)) : null;
    }

    public override ActorPath Path => _sender.Path;

    public override IActorRefProvider Provider => ((_sender as IInternalActorRef)?.Provider ?? (_redis as IInternalActorRef)?.Provider)!;

    private ICancellableSender? Cancellable => _sender as ICancellableSender;

    /// <summary>Whether somebody listens.</summary>
    public static bool IsWanted => RedisTracing.IsOn || RedisMetrics.TimesCommands;

    /// <summary>The sender as it is while nobody listens, otherwise one of these in its place.</summary>
    public static IActorRef Of(RedisCommand command, IActorRef sender, IActorRef redis, TracedServer server) =>
        IsWanted && command.State is not IPartOfCommand
            ? new TracedSender(command, sender, redis, server)
            : sender;

    /// <summary>The same for a command that came too late for the RedisActor, unless it has come to one already.</summary>
    public static IActorRef OfLate(RedisCommand command, IActorRef sender, IActorRef redis) =>
        sender is TracedSender ? sender : Of(command, sender, redis, Nowhere);

    /// <summary>The actor, or whatever else, that sent a command.</summary>
    public static IActorRef Unwrap(IActorRef sender) => sender is TracedSender traced ? traced._sender : sender;

    public bool TryClaim() => ICancellableSender.TryClaimOf(_sender);

    public void Unclaim() => Cancellable?.Unclaim();

    public void WhenGivenUp(Action act) => Cancellable?.WhenGivenUp(act);

    public bool TryTake(RedisReply reply, IActorRef redis)
    {
        if (Cancellable is not { } cancellable) _sender.Tell(reply, redis);
        else if (!cancellable.TryTake(reply, redis)) return false;
        End(reply);
        return true;
    }

    /// <summary>It waits for a connection, for room or for its turn.</summary>
    public void Stashed() => AddEvent("stashed", null);

    /// <summary>It is about to be sent.</summary>
    /// <param name="endpoint">The server's own address, <c>ip:port</c>; null: unknown.</param>
    public void SentTo(string? endpoint)
    {
        var again = Interlocked.Increment(ref _sent) > 1;
        if (endpoint is null || !IPEndPoint.TryParse(endpoint, out var peer))
        {
            AddEvent(again ? "retried" : "sent", null);
            return;
        }

        var address = peer.Address.ToString();
        if (!_serverIsKnown) (_address, _port) = (address, peer.Port);
        if (_span is null) return;
        if (!_serverIsKnown) _span.SetTag("server.address", address).SetTag("server.port", peer.Port);
        _span.SetTag("network.peer.address", address).SetTag("network.peer.port", peer.Port);
        AddEvent(again ? "retried" : "sent", new ActivityTagsCollection { ["network.peer.address"] = address, ["network.peer.port"] = peer.Port });
    }

    /// <summary>Nobody waits for the answer any more, and none is given.</summary>
    public void GivenUp() => End(null, "given-up", null);

    protected override void TellInternal(object message, IActorRef sender)
    {
        End(message);
        _sender.Tell(message, sender);
    }

    private void End(object answer)
    {
        switch (answer)
        {
            case RedisReply:
                End(Outcome.Applied, null, null);
                break;
            case Status.Failure { Cause: RedisOutcomeException failure }:
                var code = CodeOf(failure.ServerError);
                End(failure.Outcome, failure.Outcome == Outcome.Rejected && code is not null ? code : RedisMetrics.Word(failure.Outcome), code);
                break;
            default:
                End(null, "_OTHER", null);
                break;
        }
    }

    private void End(Outcome? outcome, string? error, string? code)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        if (RedisMetrics.TimesCommands) RedisMetrics.CommandTimed(Stopwatch.GetElapsedTime(_begin), MeasuredTags(error, code));
        if (_span is null) return;
        if (outcome is { } known) _span.SetTag("redisactors.outcome", RedisMetrics.Word(known));
        if (code is not null) _span.SetTag("db.response.status_code", code);
        if (error is not null) _span.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        RedisTracing.Stop(_span);
    }

    private TagList MeasuredTags(string? error, string? code)
    {
        var tags = new TagList
        {
            { "db.system.name", "redis" }, { "db.operation.name", _operation }, { "db.namespace", _namespace },
            { "connection", RedisMetrics.ConnectionOf(_redis) },
        };
        if (_address is not null)
        {
            tags.Add("server.address", _address);
            tags.Add("server.port", _port);
        }

        if (code is not null) tags.Add("db.response.status_code", code);
        if (error is not null) tags.Add("error.type", error);
        return tags;
    }

    private List<KeyValuePair<string, object?>> TagsOf(RedisCommand command)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new("db.system.name", "redis"), new("db.operation.name", _operation), new("db.namespace", _namespace),
            new("redisactors.connection", RedisMetrics.ConnectionOf(_redis)),
        ];
        if (command is RedisTransaction { CommandArray.Length: > 1 and var count }) tags.Add(new("db.operation.batch.size", count));
        if (_address is null) return tags;
        tags.Add(new("server.address", _address));
        tags.Add(new("server.port", _port));
        return tags;
    }

    private void AddEvent(string name, ActivityTagsCollection? tags)
    {
        // A server that refuses for hours must not make a span without end.
        if (_span is null || Interlocked.Increment(ref _events) > MostEvents) return;
        _span.AddEvent(new ActivityEvent(name, tags: tags));
    }

    /// <summary>As the conventions want it: of a transaction of the same commands, with their name.</summary>
    private static string OperationOf(RedisCommand command)
    {
        var name = command.Name.ToUpperInvariant();
        if (command is not RedisTransaction { CommandArray: [var first, ..] all }) return name;
        return Array.TrueForAll(all, other => string.Equals(other.Name, first.Name, StringComparison.OrdinalIgnoreCase))
            ? $"{name} {first.Name.ToUpperInvariant()}"
            : name;
    }

    /// <summary>The first word of an error, if it is one of the server's kind: what scripts say in its place may be anything.</summary>
    private static string? CodeOf(string? error)
    {
        if (error is null) return null;
        var word = error.AsSpan(0, error.AsSpan().IndexOf(' ') is >= 0 and var end ? end : error.Length);
        return word.Length is > 0 and <= 24 && !word.ContainsAnyExceptInRange('A', 'Z') ? word.ToString() : null;
    }
}
