using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using RedisActors.CommandMetadata;
using RedisActors.Commands;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Subscriptions;

/// <summary>
/// Takes subscriptions: asks the server for them over the link, and again over each link that follows, and tells the subscribers. It stands
/// where a lane has its command actor. What is asked and told, the <see cref="SubscriptionLedger"/> decides.
/// </summary>
internal sealed class RedisSubscriptionActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing more is read so that a subscriber can catch up, before it is called slow.</summary>
    private static readonly TimeSpan PatienceWithSlow = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _redis;
    private readonly IActorRef _supervisor;
    private readonly bool _inCluster;
    private readonly SubscriptionLedger _ledger;
    private readonly Dictionary<long, Membership> _marked = [];
    private readonly List<PushedMessages> _withheld = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self = Context.Self;
    private SubscriptionLink? _link;
    private ServerClock _clock = ServerClock.OfThisHost;
    private long _epoch;
    private DateTimeOffset? _sign;
    private RedisConnectionEvent? _state;
    private string? _whyNot;
    private string _end = "the RedisActor stopped";

    public RedisSubscriptionActor(IActorRef redis, IActorRef supervisor, bool inCluster)
    {
        _inCluster = inCluster;
        _redis = redis;
        _supervisor = supervisor;
        _ledger = new SubscriptionLedger(new Outlet(this));
        Receive<PushedMessages>(OnMessages);
        Receive<ActorIdentity>(OnTaken);
        Receive<RedisSubscribe>(OnSubscribe);
        Receive<RedisUnsubscribe>(message => _ledger.Unsubscribe(message, Membership.AskerOf(Context, message.Subscriber)));
        Receive<SubscriberStopped>(message => _ledger.SubscriberStopped(message.Subscriber));
        Receive<Answered>(OnAnswered);
        Receive<ExtentTold>(message => Current(message.Epoch, () => _ledger.OnExtent(message.Member, message.Extent, Now)));
        Receive<PageRead>(message => Current(message.Epoch, () => _ledger.OnPage(message.Member, message.Page, Now)));
        Receive<SecondPassed>(_ => OnSecondPassed());
        Receive<SignPassed>(message => Current(message.Epoch, () => _sign = message.Since));
        Receive<LeftUnasked>(message => Current(message.Epoch, () => Displace(message.Topic, "the node does not have the channel's slot any more")));
        Receive<AdoptTopic>(OnAdoptTopic);
        Receive<DisplaceTopics>(OnDisplaceTopics);
        Receive<LinkUp>(OnLinkUp);
        Receive<LinkDown>(OnLinkDown);
        Receive<LeaveLink>(message => _link?.Abandon(message.Reason));
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Receive<LinksAgain>(_ => _whyNot = null);
        Receive<AskAgain>(_ => _ledger.AskAgain());
        Receive<PatienceEnded>(_ => OnPatienceEnded());
        Receive<DrainCommands>(_ => OnDrain());
        Receive<ReportIdle>(_ => OnReportIdle());
        Receive<RedisConnectionEvent>(state => _state = state);
        Receive<GetStatus>(_ => Sender.Tell(new RedisStatus(_state, 0, 0), _redis));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef redis, IActorRef supervisor, bool inCluster) =>
        Akka.Actor.Props.Create(() => new RedisSubscriptionActor(redis, supervisor, inCluster));

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _supervisor.Tell(new AttachCommands(Self, LaneGauges.None));
        StartTimer();
    }

    /// <summary>The supervisor starts anew as well and remembers this actor; see the command actor.</summary>
    protected override void PostRestart(Exception reason)
    {
        _supervisor.Tell(new ShowGauges(LaneGauges.None));
        StartTimer();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _end = $"the subscription actor failed: {reason.Message}";
        if (message is RedisSubscribe subscribe) _ledger.Refuse(subscribe, Membership.AskerOf(Context, subscribe.Subscriber), _end);
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _ledger.EndAll(_end);

    private void StartTimer() => Timers.StartPeriodicTimer(SecondPassed.Instance, SecondPassed.Instance, OneSecond);

    private void OnSubscribe(RedisSubscribe message)
    {
        var asker = Membership.AskerOf(Context, message.Subscriber);
        if (_whyNot is not null) _ledger.Refuse(message, asker, _whyNot);
        else _ledger.Subscribe(message, asker, _clock.AtLatest(Stopwatch.GetTimestamp()), _sign);
    }

    private void OnLinkUp(LinkUp message)
    {
        _link = (SubscriptionLink)message.Link;
        _epoch = message.Epoch;
        _sign = null;
        _clock = _link.Clock ?? ServerClock.OfThisHost;
        var (self, epoch) = (_self, _epoch);
        _link.Listen(_epoch, self.Tell, topic => self.Tell(new LeftUnasked(epoch, topic)));
        _ledger.LinkUp(_epoch);
    }

    private void OnLinkDown(LinkDown message)
    {
        if (_link is null) return;
        var (since, lastSign) = LastSign();
        _link = null;
        Timers.Cancel(AskAgain.Instance);
        Timers.Cancel(PatienceEnded.Instance);
        _withheld.Clear();
        _ledger.LinkLost(since, message.Cause, lastSign);
    }

    private void OnNoMoreLinks(NoMoreLinks message)
    {
        _whyNot = message.Cause;
        _ledger.EndAll(message.Cause);
    }

    private void OnAnswered(Answered message)
    {
        if (_link is null || message.Epoch != _epoch) return;
        if (message.Verb != message.Topic.Verb) _ledger.Left(message.Topic);
        else if (message.Error is null) _ledger.Confirmed(message.Topic, _clock.AtLatest(message.At));
        else OnRefused(message.Topic, message.Error);
    }

    private void OnRefused(Topic topic, string error)
    {
        switch (RetryableErrors.Classify(error))
        {
            case ServerErrorKind.Retry:
                _ledger.Postponed(topic);
                Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, RetryInterval);
                break;
            case ServerErrorKind.Moved when _inCluster:
                Displace(topic, "another node has the channel's slot");
                break;
            case ServerErrorKind.Reconnect:
                _link!.Abandon($"the server refuses subscriptions: {error}");
                break;
            default:
                _ledger.Refused(topic, error);
                break;
        }
    }

    private void Displace(Topic topic, string cause)
    {
        var (since, lastSign) = LastSign();
        if (_ledger.Displace(topic, since, cause, lastSign) is { } entry) _redis.Tell(new TopicMoved(entry));
    }

    private void OnDisplaceTopics(DisplaceTopics message)
    {
        var (since, lastSign) = LastSign();
        foreach (var entry in _ledger.DisplaceAll(since, message.Cause, lastSign)) _redis.Tell(new TopicMoved(entry));
    }

    private void OnAdoptTopic(AdoptTopic message)
    {
        if (_whyNot is null) _ledger.Adopt(message.Entry);
        else message.Entry.EndAll(_whyNot);
    }

    /// <summary>The link's last sign of life, by the server's clock and by this host's.</summary>
    private (DateTimeOffset Since, TimeSpan LastSign) LastSign()
    {
        var moment = _link?.LastSignOfLife ?? Stopwatch.GetTimestamp();
        return (_clock.AtEarliest(moment), Now - Stopwatch.GetElapsedTime(moment));
    }

    private void OnMessages(PushedMessages batch)
    {
        if (batch.Link != _link) return;
        var now = Now;
        foreach (var (topic, message) in batch.Items) _ledger.OnMessage(topic, message, now);
        if (!_ledger.IsBehind())
        {
            batch.Link.Return(batch);
            return;
        }

        _withheld.Add(batch);
        if (!Timers.IsTimerActive(PatienceEnded.Instance)) Timers.StartSingleTimer(PatienceEnded.Instance, PatienceEnded.Instance, PatienceWithSlow);
    }

    private void OnTaken(ActorIdentity message)
    {
        if (SubscriberMark.Of(message) is not { } mark || !_marked.TryGetValue(mark.Member, out var member)) return;
        _ledger.Taken(member, mark.Count, Now);
        if (_withheld.Count > 0 && !_ledger.IsBehind()) ReturnWithheld();
    }

    private void OnPatienceEnded()
    {
        _ledger.WaitNoLonger();
        ReturnWithheld();
    }

    private void ReturnWithheld()
    {
        Timers.Cancel(PatienceEnded.Instance);
        foreach (var batch in _withheld) batch.Link.Return(batch);
        _withheld.Clear();
    }

    private void OnSecondPassed()
    {
        _ledger.Mark();
        _ledger.MarkCrowded();
        _ledger.ReadOn(Now);

        // What came over the link before that sign is in the mailbox already.
        if (_link is not null) Self.Tell(new SignPassed(_epoch, LastSign().Since));
    }

    private void Current(long epoch, Action act)
    {
        if (_link is not null && epoch == _epoch) act();
    }

    private void OnDrain()
    {
        _whyNot = "the RedisActor is about to stop and takes no more";
        _ledger.EndAll(_whyNot);
        Sender.Tell(new DrainedCommands(0), _redis);
    }

    private void OnReportIdle()
    {
        if (_ledger.IsEmpty) _redis.Tell(LaneIdle.Instance);
    }

    /// <summary>A subscriber that throws, or is no actor, hurts nobody else.</summary>
    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _log.Debug("a subscriber failed: {0}", error.Message);
        }
    }

    private sealed class Outlet(RedisSubscriptionActor hub) : ISubscriptionOutlet
    {
        private readonly Dictionary<Membership, long> _numbers = [];
        private long _lastNumber;

        public void Subscribe(Topic topic) => hub._link!.Send(new TopicQuestion(hub._self, hub._epoch, topic, topic.Verb));

        public void Unsubscribe(Topic topic) => hub._link!.Send(new TopicQuestion(hub._self, hub._epoch, topic, topic.EndVerb));

        public void AskExtent(Membership member) => hub._link!.Send(new ExtentQuestion(hub._self, hub._epoch, member));

        public void AskPage(Membership member, StreamId after, StreamId to) =>
            hub._link!.Send(new PageQuestion(hub._self, hub._epoch, member, after, to));

        public void Resumed(bool complete) => RedisMetrics.SubscriptionResumed(hub._redis, complete);

        public void Tell(IActorRef actor, object message)
        {
            try
            {
                actor.Tell(message, hub._redis);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                hub._log.Debug("a subscriber failed: {0}", error.Message);
            }
        }

        public void Mark(Membership member, long mark)
        {
            if (!_numbers.TryGetValue(member, out var number)) _numbers.Add(member, number = ++_lastNumber);
            hub._marked[number] = member;
            hub.Guard(() => member.Subscriber.Tell(new SubscriberMark(number, mark).Question(), hub._self));
        }

        public void Ended(Membership member)
        {
            if (_numbers.Remove(member, out var number)) hub._marked.Remove(number);
        }

        public void Ended(Topic topic)
        {
            if (hub._inCluster) hub._redis.Tell(new TopicEnded(topic));
        }

        public void Watch(IActorRef subscriber) => hub.Guard(() => Context.WatchWith(subscriber, new SubscriberStopped(subscriber)));

        public void Unwatch(IActorRef subscriber) => hub.Guard(() => Context.Unwatch(subscriber));
    }

    private abstract class Question(IActorRef hub) : LinkRequest
    {
        public override int? Database => null;

        protected IActorRef Hub => hub;

        protected override bool HasOwnArguments => true;

        public override void Refuse(string reason) => Reject(reason);

        public override void Garble(string reason) => Reject(reason);

        /// <summary>The link is lost, and everything will be asked again.</summary>
        public override void Fail(LinkFault fault)
        {
        }
    }

    private sealed class TopicQuestion(IActorRef hub, long epoch, Topic topic, string verb) : Question(hub)
    {
        public override string Name => verb;

        public override RedisValue[] Arguments { get; } = [topic.Name];

        public override void Succeed(in RespValue value) => Hub.Tell(new Answered(epoch, topic, verb, null));

        public override void Reject(string serverError) => Hub.Tell(new Answered(epoch, topic, verb, serverError));
    }

    private sealed class ExtentQuestion(IActorRef hub, long epoch, Membership member) : Question(hub)
    {
        public override string Name => "XINFO";

        public override RedisValue[] Arguments { get; } = ["STREAM", member.Stream!.StreamKey];

        public override void Succeed(in RespValue value) => Hub.Tell(new ExtentTold(epoch, member, StreamExtent.Parse(value)));

        public override void Reject(string serverError) => Hub.Tell(new ExtentTold(
            epoch, member, serverError.StartsWith("ERR no such key", StringComparison.Ordinal) ? StreamExtent.Nothing : null));
    }

    private sealed class PageQuestion(IActorRef hub, long epoch, Membership member, StreamId after, StreamId to) : Question(hub)
    {
        private readonly string _field = member.Stream!.PayloadField;

        public override string Name => "XRANGE";

        public override RedisValue[] Arguments { get; } = [member.Stream!.StreamKey, $"({after}", $"{to}", "COUNT", BackfillLog.PageSize];

        public override void Succeed(in RespValue value) => Hub.Tell(new PageRead(epoch, member, StreamEntry.ParseAll(value, _field)));

        public override void Reject(string serverError) => Hub.Tell(new PageRead(epoch, member, null));
    }

    private sealed record Answered(long Epoch, Topic Topic, string Verb, string? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public long At { get; } = Stopwatch.GetTimestamp();
    }

    private sealed record ExtentTold(long Epoch, Membership Member, StreamExtent? Extent)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record PageRead(long Epoch, Membership Member, IReadOnlyList<StreamEntry>? Page)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LeftUnasked(long Epoch, Topic Topic) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record SignPassed(long Epoch, DateTimeOffset Since) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;

    private sealed class AskAgain : Tick<AskAgain>;

    private sealed class PatienceEnded : Tick<PatienceEnded>;

    private sealed class SecondPassed : Tick<SecondPassed>;
}

/// <summary>From the RedisActor to a subscription actor: its node is no longer one of the Redis Cluster; give up what you have.</summary>
internal sealed record DisplaceTopics(string Cause) : INoSerializationVerificationNeeded;

/// <summary>From a subscription actor to its RedisActor: another node of the Redis Cluster has this topic.</summary>
internal sealed record TopicMoved(TopicEntry Entry) : INoSerializationVerificationNeeded;

/// <summary>From the RedisActor to a subscription actor: your node has this topic, with its subscribers.</summary>
internal sealed record AdoptTopic(TopicEntry Entry) : INoSerializationVerificationNeeded;

/// <summary>From a subscription actor to its RedisActor: nobody subscribes to a topic there any more.</summary>
internal sealed record TopicEnded(Topic Topic) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
