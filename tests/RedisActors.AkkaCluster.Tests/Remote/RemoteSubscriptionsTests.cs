using Akka.Actor;
using RedisActors.Subscriptions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>At which node a subscription is, and what its subscriber is told when that changes.</summary>
public sealed class RemoteSubscriptionsTests
{
    private const RedisSubscriptionKind Kind = RedisSubscriptionKind.Channel;

    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Calls _calls = new();
    private readonly RemoteNode _one = RemoteLedgerTests.Node("one");
    private readonly RemoteNode _other = RemoteLedgerTests.Node("other");
    private readonly IActorRef _subscriber = new Named("subscriber");
    private readonly IActorRef _asker = new Named("asker");
    private readonly RemoteSubscriptions _subscriptions;

    public RemoteSubscriptionsTests() => _subscriptions = new RemoteSubscriptions(_calls);

    [Fact]
    public void A_subscription_waits_for_a_node_and_is_asked_for_until_it_is_confirmed()
    {
        Subscribe();
        Assert.Empty(_calls.Asked);

        _calls.Nodes.Add(_one);
        _subscriptions.NodesChanged();
        _subscriptions.Tick();

        Assert.Equal([_one, _one], _calls.Asked.Select(each => each.Node));
        Assert.Single(_calls.Inlets);
        Assert.All(_calls.Asked, each => Assert.Equal(_calls.Inlets[Place], each.Request.Subscriber));
        Assert.Empty(_calls.Told);
    }

    [Fact]
    public void What_the_node_tells_passes_through_as_it_is()
    {
        SubscribeAt(_one);
        object[] told =
        [
            Message(1), new RedisSubscriptionInterrupted(Kind, "news", 1, At(2), "cut"), Message(2),
            new RedisSubscriptionResumed(Kind, "news", At(2), At(3), 1, 2, "cut") { Backfilled = 1, IsComplete = true },
            new RedisMessagesDropped(Kind, "news", 7), Message(3), new RedisSubscriptionEnded(Kind, "news", "enough", "ERR enough"),
        ];
        foreach (var each in told) _subscriptions.Arrived(Place, each);

        Assert.Equal([new RedisSubscribed(Kind, "news", 1, At(0)), .. told], _calls.ToldTo(_subscriber));
        Assert.True(_subscriptions.IsEmpty);
        Assert.Equal(Place, Assert.Single(_calls.Closed));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("unreachable")]
    [InlineData("leaving")]
    public void When_the_node_serves_no_longer_the_gap_begins_with_its_last_sign_of_life(string how)
    {
        SubscribeAt(_one);
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(4)));
        _subscriptions.Arrived(Place, Message(1));
        var former = Place;
        _one.IsLost = how == "lost";
        _one.IsReachable = how != "unreachable";
        _one.IsLeaving = how == "leaving";
        _calls.Nodes.Add(_other);
        _subscriptions.NodesChanged();

        var interrupted = Assert.IsType<RedisSubscriptionInterrupted>(_calls.Told[^1].Message);
        Assert.Equal((At(4), 1L), (interrupted.Since, interrupted.Epoch));
        Assert.Equal(_other, _calls.Asked[^1].Node);

        // What the former node still tells is a part of the gap, and so is what comes before the confirmation.
        _subscriptions.Arrived(former, Message(2));
        _subscriptions.Arrived(Place, Message(3));
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 9, At(8)));
        _subscriptions.Arrived(Place, Message(4));

        Assert.Equal(
            [new RedisSubscriptionResumed(Kind, "news", At(4), At(8), 1, 9, interrupted.Cause), Message(4)],
            _calls.ToldTo(_subscriber).TakeLast(2));
        Assert.Equal(5, _calls.Told.Count);
    }

    [Fact]
    public void A_node_that_is_lost_during_its_own_interruption_makes_one_gap_of_both()
    {
        SubscribeAt(_one);
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(4)));
        _subscriptions.Arrived(Place, new RedisSubscriptionInterrupted(Kind, "news", 1, At(3), "cut"));
        Move();
        Assert.Single(_calls.Told, each => each.Message is RedisSubscriptionInterrupted);

        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 6, At(9)));

        Assert.Equal(new RedisSubscriptionResumed(Kind, "news", At(3), At(9), 1, 6, "cut"), _calls.Told[^1].Message);
    }

    [Fact]
    public void A_broken_connection_between_the_nodes_is_a_gap_and_the_same_node_is_asked_anew()
    {
        SubscribeAt(_one);
        var former = Place;
        _subscriptions.ConnectionBroken(_other);
        Assert.Equal(former, Place);

        _subscriptions.ConnectionBroken(_one);
        _subscriptions.Arrived(former, Message(1));
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(5)));

        Assert.Equal([_one, _one], _calls.Asked.Select(each => each.Node));
        Assert.Equal([At(0)], _calls.ToldTo(_subscriber).OfType<RedisSubscriptionInterrupted>().Select(each => each.Since));
        Assert.Equal([At(5)], _calls.ToldTo(_subscriber).OfType<RedisSubscriptionResumed>().Select(each => each.To));
        Assert.Empty(_calls.ToldTo(_subscriber).OfType<RedisMessage>());
    }

    [Fact]
    public void Several_nodes_lost_in_a_row_make_one_gap()
    {
        SubscribeAt(_one);
        Move();
        _other.IsLost = true;
        _calls.Nodes.Add(RemoteLedgerTests.Node("third"));
        _subscriptions.NodesChanged();
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 3, At(9)));

        Assert.Equal(3, _calls.Told.Count);
        Assert.Equal(At(0), Assert.IsType<RedisSubscriptionResumed>(_calls.Told[^1].Message).From);
    }

    [Fact]
    public void A_node_lost_before_it_has_confirmed_makes_no_gap()
    {
        _calls.Nodes.Add(_one);
        Subscribe();
        Move();
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 3, At(9)));

        Assert.Equal([new RedisSubscribed(Kind, "news", 3, At(9))], _calls.ToldTo(_subscriber));
    }

    [Fact]
    public void A_sign_of_life_from_before_what_is_certain_moves_nothing_back()
    {
        SubscribeAt(_one);
        _subscriptions.Arrived(Place, new RedisSubscriptionInterrupted(Kind, "news", 1, At(2), "cut"));
        _subscriptions.Arrived(Place, new RedisSubscriptionResumed(Kind, "news", At(2), At(5), 1, 2, "cut"));
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 2, At(4)));
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(7)));
        Move();

        Assert.Equal(At(5), Assert.IsType<RedisSubscriptionInterrupted>(_calls.Told[^1].Message).Since);
    }

    [Fact]
    public void One_primary_does_not_speak_for_the_others()
    {
        _calls.Nodes.Add(_one);
        Subscribe("__keyevent@0__:expired");
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "__keyevent@0__:expired", 1, At(0)));
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "__keyevent@0__:expired", 1, At(4)));
        Move();

        Assert.Equal(At(0), Assert.IsType<RedisSubscriptionInterrupted>(_calls.Told[^1].Message).Since);
    }

    [Fact]
    public void Who_subscribes_twice_or_asks_for_another_is_answered_and_signs_of_life_are_not_told()
    {
        SubscribeAt(_one);
        _subscriptions.Tick();
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(1)));
        Assert.Single(_calls.Told);

        _subscriptions.Subscribe(new Subscribe("news", _subscriber) { MaxUnread = 5 }, _asker);
        Assert.Equal(5, _calls.Asked[^1].Request.MaxUnread);
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(2)));

        Assert.Equal(2, _calls.ToldTo(_subscriber).Count);
        Assert.Equal([new RedisSubscribed(Kind, "news", 1, At(2))], _calls.ToldTo(_asker));
    }

    [Fact]
    public void Whoever_asked_is_told_that_it_cannot_be_had()
    {
        _calls.Nodes.Add(_one);
        _subscriptions.Subscribe(new Subscribe("news", _subscriber), _asker);
        _subscriptions.Arrived(Place, new RedisSubscriptionEnded(Kind, "news", "refused", "NOPERM"));

        Assert.IsType<RedisSubscriptionEnded>(Assert.Single(_calls.ToldTo(_subscriber)));
        var failure = Assert.IsType<Status.Failure>(Assert.Single(_calls.ToldTo(_asker)));
        Assert.Equal(Outcome.Rejected, ((RedisOutcomeException)failure.Cause).Outcome);
    }

    [Fact]
    public void A_subscriber_is_watched_as_long_as_it_subscribes_to_anything()
    {
        _calls.Nodes.Add(_one);
        Subscribe("news");
        Subscribe("more");
        Assert.Equal(1, _calls.Watched);

        _subscriptions.Unsubscribe(new Unsubscribe("news", _subscriber), _asker);
        Assert.Equal(1, _calls.Watched);
        Assert.Equal([new RedisUnsubscribed(Kind, "news")], _calls.ToldTo(_subscriber));
        Assert.Equal([new RedisUnsubscribed(Kind, "news")], _calls.ToldTo(_asker));

        _subscriptions.SubscriberStopped(_subscriber);

        Assert.Equal(0, _calls.Watched);
        Assert.True(_subscriptions.IsEmpty);
        Assert.Equal(2, _calls.Closed.Count);
    }

    [Fact]
    public void Messages_beyond_the_bound_are_dropped_and_counted_before_what_comes_next()
    {
        _calls.Nodes.Add(_one);
        _subscriptions.Subscribe(new Subscribe("news", _subscriber) { MaxUnread = 10 }, null);
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(0)));
        for (var number = 1; number <= 2000; number++) _subscriptions.Arrived(Place, Message(number));
        Assert.Equal(5, _calls.ToldTo(_subscriber).OfType<RedisMessage>().Count());

        while (_calls.Marks.TryDequeue(out var mark)) _subscriptions.Taken(mark.Subscription, mark.Mark);

        var messages = _calls.ToldTo(_subscriber).OfType<RedisMessage>().Select(message => (long)message.Payload).ToList();
        var dropped = _calls.ToldTo(_subscriber).OfType<RedisMessagesDropped>().Sum(each => each.Count);
        Assert.InRange(dropped, 1, 1999);
        Assert.Equal(2000, messages.Count + dropped);
        Assert.Equal(messages.Order(), messages);
    }

    [Fact]
    public void At_the_end_everybody_is_told()
    {
        SubscribeAt(_one);
        _subscriptions.EndAll("over");

        Assert.Equal(new RedisSubscriptionEnded(Kind, "news", "over"), _calls.Told[^1].Message);
        Assert.True(_subscriptions.IsEmpty);
        Assert.Equal(0, _calls.Watched);
    }

    /// <summary>The place of the subscription at this moment.</summary>
    private long Place => _calls.Inlets.Keys.Max();

    private static DateTimeOffset At(int seconds) => Noon + TimeSpan.FromSeconds(seconds);

    private static RedisMessage Message(int number) => new("news", null, number, 1);

    private void Subscribe(string channel = "news") => _subscriptions.Subscribe(new Subscribe(channel, _subscriber), null);

    private void SubscribeAt(RemoteNode node)
    {
        _calls.Nodes.Add(node);
        Subscribe();
        _subscriptions.Arrived(Place, new RedisSubscribed(Kind, "news", 1, At(0)));
    }

    private void Move()
    {
        _one.IsLost = true;
        _calls.Nodes.Add(_other);
        _subscriptions.NodesChanged();
        Assert.Equal(_other, _calls.Asked[^1].Node);
    }

    private sealed class Calls : IRemoteSubscriptionCalls
    {
        public List<RemoteNode> Nodes { get; } = [];

        public List<(RemoteNode Node, RedisSubscribe Request)> Asked { get; } = [];

        public List<(IActorRef Actor, object Message)> Told { get; } = [];

        public Dictionary<long, IActorRef> Inlets { get; } = [];

        public List<long> Closed { get; } = [];

        public Queue<(long Subscription, long Mark)> Marks { get; } = new();

        public int Watched { get; private set; }

        public List<object> ToldTo(IActorRef actor) => [.. Told.Where(each => each.Actor.Equals(actor)).Select(each => each.Message)];

        RemoteNode? IRemoteSubscriptionCalls.Choose(Topic topic) => Nodes.Find(node => node.TakesCommands);

        IActorRef IRemoteSubscriptionCalls.Open(long place) => Inlets[place] = new Named($"inlet-{place}");

        void IRemoteSubscriptionCalls.Close(IActorRef inlet) => Closed.Add(Inlets.Single(each => each.Value.Equals(inlet)).Key);

        void IRemoteSubscriptionCalls.Ask(RemoteNode node, RedisSubscribe request) => Asked.Add((node, request));

        void IRemoteSubscriptionCalls.Tell(IActorRef actor, object message) => Told.Add((actor, message));

        void IRemoteSubscriptionCalls.Mark(IActorRef subscriber, long subscription, long mark) => Marks.Enqueue((subscription, mark));

        void IRemoteSubscriptionCalls.Watch(IActorRef subscriber) => Watched++;

        void IRemoteSubscriptionCalls.Unwatch(IActorRef subscriber) => Watched--;
    }

    private sealed class Named(string name) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "shop")) / name;

        public override IActorRefProvider Provider => null!;
    }
}
