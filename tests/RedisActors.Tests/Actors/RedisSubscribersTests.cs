using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Akka.Event;

namespace RedisActors.Tests.Actors;

public sealed class RedisSubscribersTests : RedisSpec
{
    public RedisSubscribersTests()
        : base($"throwing-mailbox.mailbox-type = \"{typeof(ThrowingMailbox).AssemblyQualifiedName}\"")
    {
    }

    [Fact]
    public async Task A_subscriber_is_told_the_present_state_first_and_every_change_from_then_on()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();

        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
        await subscriber.ExpectMsgAsync<RedisConnecting>();
    }

    [Fact]
    public async Task Every_subscriber_is_told()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscribers = Enumerable.Range(0, 10).Select(_ => CreateTestProbe()).ToArray();
        foreach (var subscriber in subscribers) redis.Tell(new SubscribeToState(subscriber.Ref));
        foreach (var subscriber in subscribers) await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        foreach (var subscriber in subscribers) await subscriber.ExpectMsgAsync<RedisLost>();
    }

    /// <summary>It cannot be watched, and cannot even be told from others.</summary>
    [Fact]
    public async Task A_subscriber_that_is_no_actor_takes_the_connection_from_nobody()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        redis.Tell(new SubscribeToState(new NoActor()));
        redis.Tell(new SubscribeToState(ActorRefs.Nobody));
        redis.Tell(new UnsubscribeFromState(new NoActor()));
        redis.Tell(new UnsubscribeFromState(ActorRefs.Nobody));

        Assert.Equal(1, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State!.Epoch);
        connection.Lose();
        await subscriber.ExpectMsgAsync<RedisLost>();
    }

    [Fact]
    public async Task Subscribing_twice_is_the_same_as_once()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
    }

    [Fact]
    public async Task One_that_unsubscribed_is_told_no_more_and_may_subscribe_again()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        redis.Tell(new UnsubscribeFromState(subscriber.Ref));
        var another = CreateTestProbe();
        redis.Tell(new SubscribeToState(another.Ref));
        await another.ExpectMsgAsync<RedisReady>();
        await LoseAndReturnAsync(redis, connection);
        await NothingMoreAsync(subscriber);

        redis.Tell(new SubscribeToState(subscriber.Ref));
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisReady>()).Epoch);
    }

    [Fact]
    public async Task Unsubscribing_without_having_subscribed_does_no_harm()
    {
        var (redis, connection) = await StartReadyAsync();

        redis.Tell(new UnsubscribeFromState(TestActor));

        await LoseAndReturnAsync(redis, connection);
    }

    [Fact]
    public async Task A_subscriber_that_stopped_is_forgotten()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        var deadLetters = Listen(typeof(DeadLetter));

        Sys.Stop(subscriber.Ref);

        // The supervisor hears of it a little later; from then on an outage makes no dead letters.
        using var patience = new CancellationTokenSource(Patience);
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            await DrainAsync(deadLetters);
            connection = await LoseAndReturnAsync(redis, connection);
        }
        while ((await DrainAsync(deadLetters)).Cast<DeadLetter>().Any(letter => letter.Message is RedisConnectionEvent));
    }

    [Fact]
    public async Task On_the_event_stream_one_hears_of_all_changes_or_of_one_kind()
    {
        var all = Listen(typeof(RedisConnectionEvent));
        var losses = Listen(typeof(RedisLost));

        var (redis, connection) = await StartReadyAsync();
        await LoseAndReturnAsync(redis, connection);

        string[] expected = ["RedisConnecting", "RedisReady", "RedisLost", "RedisBackingOff", "RedisConnecting", "RedisReady"];
        Assert.Equal(expected, (await DrainAsync(all)).Select(state => state.GetType().Name));
        Assert.IsType<RedisLost>(Assert.Single(await DrainAsync(losses)));
    }

    [Fact]
    public async Task A_subscriber_that_throws_hurts_nobody_else()
    {
        var (redis, connection) = await StartReadyAsync();
        var throwing = new Throwing();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(throwing));
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisConnecting>()).Epoch);
        await Server.ConnectNextAsync();
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisReady>()).Epoch);

        // A reference that is no actor does not get through as bytes.
        Assert.True(throwing.Told >= 5 || MessagesAsBytes.On);
    }

    [Fact]
    public async Task A_subscriber_whose_mailbox_throws_hurts_nobody_else()
    {
        var (redis, connection) = await StartReadyAsync();
        var throwing = Sys.ActorOf(Props.Empty.WithMailbox("throwing-mailbox"));
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(throwing));
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await Server.ConnectNextAsync();
        Assert.Equal(2, (await subscriber.FishForMessageAsync<RedisReady>(_ => true)).Epoch);
        Assert.True(ThrowingMailbox.Enqueued >= 4);
    }

    [Fact]
    public async Task A_subscriber_to_the_event_stream_that_throws_hurts_neither_the_connection_nor_its_subscribers()
    {
        Sys.EventStream.Subscribe(new Throwing(), typeof(RedisConnectionEvent));
        var supervisor = StartSupervisor();
        var subscriber = CreateTestProbe();
        supervisor.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.FishForMessageAsync<RedisConnecting>(_ => true);

        var connection = await Server.ConnectNextAsync();
        Assert.Equal(1, (await subscriber.ExpectMsgAsync<RedisReady>()).Epoch);
        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisConnecting>()).Epoch);
    }

    [Fact]
    public async Task A_logger_that_throws_hurts_nobody()
    {
        var throwing = new Throwing();
        Sys.EventStream.Subscribe(throwing, typeof(LogEvent));
        var (redis, connection) = await StartReadyAsync();

        await LoseAndReturnAsync(redis, connection);

        Assert.True(throwing.Told >= 3);
        Sys.EventStream.Unsubscribe(throwing);
    }

    [Fact]
    public async Task A_listener_to_the_meter_that_throws_hurts_nobody()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == RedisMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("a listener that throws"));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("a listener that throws"));
        listener.Start();
        var (redis, connection) = await StartReadyAsync();
        var sender = CreateTestProbe();

        redis.Tell(new RedisCommand("SUBSCRIBE", "channel") { State = "refused" }, sender.Ref);
        Assert.Equal("refused NotSent", await AnswerAsync(sender));
        await LoseAndReturnAsync(redis, connection);
    }

    private async Task<ScriptedConnection> LoseAndReturnAsync(IActorRef redis, ScriptedConnection connection)
    {
        connection.Lose();
        await AwaitStateAsync<RedisLost>();
        return await MakeReadyAsync(redis);
    }

    /// <summary>A reference that is no actor, which cannot be watched either.</summary>
    private sealed class Throwing : MinimalActorRef
    {
        private int _told;

        public int Told => Volatile.Read(ref _told);

        public override ActorPath Path { get; } = ActorPath.Parse("akka://test/user/throwing");

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender)
        {
            Interlocked.Increment(ref _told);
            throw new InvalidOperationException("a subscriber that throws");
        }
    }

    public sealed class ThrowingMailbox(Settings settings, Config config) : MailboxType(settings, config)
    {
        private static int _enqueued;

        public static int Enqueued => Volatile.Read(ref _enqueued);

        public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Queue();

        private sealed class Queue : IMessageQueue
        {
            public bool HasMessages => false;

            public int Count => 0;

            public void Enqueue(IActorRef receiver, Envelope envelope)
            {
                Interlocked.Increment(ref _enqueued);
                throw new InvalidOperationException("a mailbox that throws");
            }

            public bool TryDequeue(out Envelope envelope)
            {
                envelope = default;
                return false;
            }

            public void CleanUp(IActorRef owner, IMessageQueue deadletters)
            {
            }
        }
    }

    private sealed class NoActor : MinimalActorRef
    {
        public override ActorPath Path => throw new NotSupportedException();

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
