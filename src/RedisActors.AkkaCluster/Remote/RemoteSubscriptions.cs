using Akka.Actor;
using RedisActors.Subscriptions;

namespace RedisActors.AkkaCluster;

/// <summary>What <see cref="RemoteSubscriptions"/> have their owner do.</summary>
internal interface IRemoteSubscriptionCalls
{
    /// <summary>Chooses a node that serves; null: none does.</summary>
    RemoteNode? Choose(Topic topic);

    /// <summary>Makes the subscriber that a node is to know; what it is told comes as <see cref="RemoteSubscriptions.Arrived"/>.</summary>
    IActorRef Open(long place);

    /// <summary>Stops it, by which the node unsubscribes.</summary>
    void Close(IActorRef inlet);

    /// <summary>Asks a node to subscribe.</summary>
    void Ask(RemoteNode node, RedisSubscribe request);

    /// <summary>Tells an actor.</summary>
    void Tell(IActorRef actor, object message);

    /// <summary>Has a subscriber say when it has taken what it was told until now: <see cref="RemoteSubscriptions.Taken"/>.</summary>
    void Mark(IActorRef subscriber, long subscription, long mark);

    /// <summary>An actor has become a subscriber.</summary>
    void Watch(IActorRef subscriber);

    /// <summary>An actor is no subscriber any more.</summary>
    void Unwatch(IActorRef subscriber);
}

/// <summary>
/// Who wants what, at which node it is subscribed, and since when: decides where a subscription goes when its node serves no longer, and
/// what the subscriber is told of that. No actor and no clock.
/// </summary>
/// <remarks>
/// A node is asked for each subscription again and again (<see cref="Tick"/>). Its answer says until when its connection to Redis was
/// certainly alive, and comes behind all messages of before; so that a gap need not begin long ago where messages are rare. What a node
/// says of its own connection passes through.
/// </remarks>
internal sealed class RemoteSubscriptions : ISubscriberOutlet
{
    /// <summary>How many messages may wait beyond the bound of a subscriber, as at a RedisActor.</summary>
    private const int MayExceed = 2 * PushedMessages.Capacity;

    private readonly IRemoteSubscriptionCalls _calls;
    private readonly Dictionary<(Topic Topic, IActorRef Subscriber), RemoteSubscription> _all = [];
    private readonly Dictionary<long, RemoteSubscription> _byNumber = [];
    private readonly Dictionary<long, RemoteSubscription> _byPlace = [];
    private readonly Dictionary<Membership, long> _numbers = [];
    private readonly WatchedSubscribers _subscribers;
    private long _lastNumber;

    public RemoteSubscriptions(IRemoteSubscriptionCalls calls)
    {
        _calls = calls;
        _subscribers = new WatchedSubscribers(calls.Watch, calls.Unwatch);
    }

    public bool IsEmpty => _all.Count == 0;

    /// <summary>An actor subscribes. An asker other than the actor is answered too.</summary>
    public void Subscribe(RedisSubscribe request, IActorRef? asker)
    {
        var topic = new Topic(request.Kind, request.Name);
        var key = (topic, request.Subscriber);
        if (!_all.TryGetValue(key, out var subscription))
        {
            var member = new Membership(topic, request.Subscriber, this);
            subscription = new RemoteSubscription(++_lastNumber, topic, member) { Request = request };
            _all.Add(key, subscription);
            _byNumber.Add(subscription.Number, subscription);
            _numbers.Add(member, subscription.Number);
            _subscribers.Add(request.Subscriber);
        }

        subscription.Request = request;
        subscription.Member.Obey(request);
        subscription.OwesConfirmation = true;
        if (asker is not null) subscription.Member.Askers.Add(asker);
        if (subscription.Place is { } place) Ask(subscription, place);
        else Settle(subscription);
    }

    /// <summary>An actor cannot subscribe.</summary>
    public void Refuse(RedisSubscribe request, IActorRef? asker, string reason)
    {
        _calls.Tell(request.Subscriber, request.Refusal(reason));
        if (asker is not null) _calls.Tell(asker, new Topic(request.Kind, request.Name).Failure(reason, null));
    }

    /// <summary>An actor unsubscribes.</summary>
    public void Unsubscribe(RedisUnsubscribe message, IActorRef? asker)
    {
        var answer = message.Answer();
        if (_all.TryGetValue((new Topic(message.Kind, message.Name), message.Subscriber), out var subscription))
        {
            Remove(subscription, answer, "it has unsubscribed", null);
        }
        else
        {
            _calls.Tell(message.Subscriber, answer);
        }

        if (asker is not null) _calls.Tell(asker, answer);
    }

    /// <summary>A subscriber has stopped.</summary>
    public void SubscriberStopped(IActorRef subscriber)
    {
        foreach (var each in _all.Values.Where(each => each.Member.Subscriber.Equals(subscriber)).ToList())
        {
            Remove(each, null, "the subscriber has stopped", null);
        }
    }

    /// <summary>A node serves, serves no longer, or is not reachable: what is not at a node that serves goes to another.</summary>
    public void NodesChanged()
    {
        foreach (var subscription in _all.Values.ToList()) Settle(subscription);
    }

    /// <summary>
    /// The connection between the nodes broke, and what was on its way is lost, though both live on: what is at that node is asked for anew.
    /// </summary>
    public void ConnectionBroken(RemoteNode node)
    {
        foreach (var subscription in _all.Values.Where(each => each.Place?.Node == node).ToList())
        {
            Leave(subscription, subscription.Place!, $"the connection to the node {node.Address} broke");
            Settle(subscription);
        }
    }

    /// <summary>The node that tells under this number; null: none does any more.</summary>
    public RemoteNode? NodeAt(long place) => _byPlace.GetValueOrDefault(place)?.Place?.Node;

    /// <summary>
    /// Asks for signs of life, and for what may have been lost between the nodes: requests, and the answers of subscribers. Called about
    /// once a second.
    /// </summary>
    public void Tick()
    {
        foreach (var subscription in _all.Values.ToList())
        {
            if (subscription.Place is { } place) Ask(subscription, place);
            else Settle(subscription);
            if (subscription.Member.Waiting > 0) subscription.Member.MarkAgain();
        }
    }

    /// <summary>A node has told something.</summary>
    public void Arrived(long place, object message)
    {
        if (!_byPlace.TryGetValue(place, out var subscription)) return;
        switch (message)
        {
            case RedisSubscribed confirmed:
                OnSubscribed(subscription, subscription.Place!, confirmed);
                break;
            case RedisSubscriptionEnded ended:
                Remove(subscription, ended, ended.Reason, ended.ServerError);
                break;
            case RedisMessage or RedisSubscriptionEvent when !subscription.Place!.IsConfirmed:
                break;
            case RedisMessage published:
                OnMessage(subscription, published);
                break;
            case RedisSubscriptionInterrupted interrupted:
                OnInterrupted(subscription, interrupted);
                break;
            case RedisSubscriptionResumed resumed:
                OnResumed(subscription, resumed);
                break;
            case RedisSubscriptionEvent other:
                subscription.Member.Tell(other);
                break;
        }
    }

    /// <summary>A subscriber has taken as many messages as it had been sent at a mark.</summary>
    public void Taken(long subscription, long mark) => _byNumber.GetValueOrDefault(subscription)?.Member.Taken(mark);

    /// <summary>Nobody is subscribed any more.</summary>
    public void EndAll(string reason)
    {
        foreach (var each in _all.Values.ToList())
        {
            Remove(each, new RedisSubscriptionEnded(each.Topic.Kind, each.Topic.Name, reason), reason, null);
        }
    }

    void ISubscriberOutlet.Tell(IActorRef actor, object message) => _calls.Tell(actor, message);

    void ISubscriberOutlet.Mark(Membership member, long mark) => _calls.Mark(member.Subscriber, _numbers[member], mark);

    private static string WhyNot(RemoteNode node) => node switch
    {
        { IsLost: true } => $"the node {node.Address} is lost",
        { IsReachable: false } => $"the node {node.Address} is unreachable",
        _ => $"the node {node.Address} no longer serves",
    };

    private void Settle(RemoteSubscription subscription)
    {
        if (subscription.Place is { Node.TakesCommands: false } former) Leave(subscription, former, WhyNot(former.Node));
        if (subscription.Place is not null || _calls.Choose(subscription.Topic) is not { } node) return;
        var number = ++_lastNumber;
        var place = new RemotePlace(node, number, _calls.Open(number));
        subscription.Place = place;
        _byPlace.Add(number, subscription);
        Ask(subscription, place);
    }

    private void Ask(RemoteSubscription subscription, RemotePlace place) => _calls.Ask(place.Node, subscription.RequestFor(place.Inlet));

    /// <summary>What the node has told of an interruption of its own goes on as one that this node's loss has made longer.</summary>
    private void Leave(RemoteSubscription subscription, RemotePlace place, string cause)
    {
        Close(subscription, place);
        if (!place.IsConfirmed || subscription.Gap is not null) return;
        var gap = new SubscriptionGap(subscription.Certain, subscription.Epoch, cause);
        subscription.Gap = gap;
        subscription.Member.Tell(new RedisSubscriptionInterrupted(
            subscription.Topic.Kind, subscription.Topic.Name, gap.Epoch, gap.From, gap.Cause));
    }

    private void Close(RemoteSubscription subscription, RemotePlace place)
    {
        subscription.Place = null;
        _byPlace.Remove(place.Number);
        _calls.Close(place.Inlet);
    }

    private void OnSubscribed(RemoteSubscription subscription, RemotePlace place, RedisSubscribed confirmed)
    {
        var (member, topic) = (subscription.Member, subscription.Topic);
        if (!place.IsConfirmed)
        {
            place.IsConfirmed = true;
            (subscription.Certain, subscription.Epoch) = (confirmed.At, confirmed.Epoch);
            if (subscription.Gap is { } gap)
            {
                subscription.Gap = null;
                member.Tell(new RedisSubscriptionResumed(
                    topic.Kind, topic.Name, gap.From, confirmed.At, gap.Epoch, confirmed.Epoch, gap.Cause));
            }
            else
            {
                member.IsConfirmed = true;
                member.GoOn(confirmed);
            }
        }
        else
        {
            // Of keyspace notifications each primary of a Redis Cluster confirms by itself, and one does not speak for the others.
            if (subscription.Gap is null && !topic.IsOfEachNode && confirmed.Epoch == subscription.Epoch && confirmed.At > subscription.Certain)
            {
                subscription.Certain = confirmed.At;
            }

            if (subscription.OwesConfirmation) member.Tell(confirmed);
        }

        subscription.OwesConfirmation = false;
        Answer(member, confirmed);
    }

    private void OnMessage(RemoteSubscription subscription, RedisMessage message)
    {
        if (subscription.Member.Offer(message, MayExceed)) return;
        var reason = $"the subscriber is too slow: it has more unread messages of {subscription.Topic} than it may";
        Remove(subscription, new RedisSubscriptionEnded(subscription.Topic.Kind, subscription.Topic.Name, reason), reason, null);
    }

    private void OnInterrupted(RemoteSubscription subscription, RedisSubscriptionInterrupted interrupted)
    {
        if (subscription.Gap is null || interrupted.Since < subscription.Gap.From)
        {
            subscription.Gap = new SubscriptionGap(interrupted.Since, interrupted.Epoch, interrupted.Cause);
        }

        subscription.Member.Tell(interrupted);
    }

    private void OnResumed(RemoteSubscription subscription, RedisSubscriptionResumed resumed)
    {
        subscription.Gap = null;
        if (!subscription.Topic.IsOfEachNode) (subscription.Certain, subscription.Epoch) = (resumed.To, resumed.ToEpoch);
        subscription.Member.Tell(resumed);
        subscription.OwesConfirmation = false;
        Answer(subscription.Member, new RedisSubscribed(resumed.Kind, resumed.Channel, resumed.ToEpoch, resumed.To));
    }

    private void Answer(Membership member, RedisSubscribed confirmed)
    {
        foreach (var asker in member.Askers) _calls.Tell(asker, confirmed);
        member.Askers.Clear();
    }

    private void Remove(RemoteSubscription subscription, RedisSubscriptionEvent? last, string reason, string? serverError)
    {
        var member = subscription.Member;
        if (subscription.Place is { } place) Close(subscription, place);
        _all.Remove((subscription.Topic, member.Subscriber));
        _byNumber.Remove(subscription.Number);
        _numbers.Remove(member);
        _subscribers.Remove(member.Subscriber);
        if (last is not null) member.TellLast(last);
        foreach (var asker in member.Askers) _calls.Tell(asker, subscription.Topic.Failure(reason, serverError));
    }
}
