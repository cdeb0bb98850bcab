using System.Threading.Channels;
using Akka.Actor;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// A RemoteRedis answers every message that a RedisActor takes, as that does, or says that it cannot. The messages are found by reflection, and
/// what a RedisActor takes by what it says of itself, so that a new one is tried too.
/// </summary>
public sealed class AllMessagesTests : AkkaClusterSpec
{
    /// <summary>What is told by a RedisActor, and not to it; and what is between a stream's consumer and its handler.</summary>
    private static readonly string[] Others =
    [
        nameof(RedisReply), nameof(RedisOutcomeException), nameof(RespValue), nameof(RedisStatus), nameof(DrainedCommands), nameof(RedisMessage),
        nameof(RedisSubscribed), nameof(RedisUnsubscribed), nameof(RedisSubscriptionInterrupted), nameof(RedisSubscriptionResumed),
        nameof(RedisMessagesDropped), nameof(RedisSubscriptionEnded), nameof(RedisConnecting), nameof(RedisReady), nameof(RedisLost),
        nameof(RedisBackingOff), nameof(RedisGaveUp), nameof(RedisSuspended), nameof(RedisStreamEntry), nameof(AcknowledgeStreamEntry),
        nameof(FailStreamEntry), nameof(StopConsuming), nameof(GetStreamConsumerStatus), nameof(StreamConsumerStatus),
    ];

    /// <summary>What concerns connections that all nodes share.</summary>
    private static readonly string[] Refused = [nameof(ForceReconnect), nameof(PauseConnection), nameof(ResumeConnection)];

    private static IEnumerable<string> PublicMessages =>
        from type in typeof(RedisCommand).Assembly.GetExportedTypes()
        where typeof(IRedisMessage).IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false }
        select type.Name;

    [Fact]
    public void Each_public_message_is_tried_here_or_is_none_that_a_RedisActor_takes()
    {
        var tried = Samples(ActorRefs.Nobody).Select(sample => sample.Message.GetType().Name);

        Assert.Equal(PublicMessages.Order(), tried.Distinct().Concat(Others).Order());
    }

    [Fact]
    public async Task Each_message_that_a_RedisActor_takes_is_answered_alike_or_refused_by_name()
    {
        var front = Start("web", ByRole);
        var serving = Start("redis", ByRole);
        await WhenUpAsync(front, serving);
        await AskAsync(front, new RedisCommand("PING"));
        var redis = RedisExtension.Get(serving.System).RedisActor;
        var taken = await WhatTakesAsync(redis);
        var takenRemotely = await WhatTakesAsync(front.Redis);
        Assert.Equal(taken.Order(), takenRemotely.Concat(Refused).Order());

        // The last message drains, so the one that serves comes last.
        foreach (var remote in new[] { true, false })
        {
            var (asker, asked) = (new Asker(remote ? front.System : serving.System), remote ? front.Redis : redis);
            foreach (var (message, answer) in Samples(asker.Self))
            {
                var name = message.GetType().Name;
                asked.Tell(message, asker.Self);
                if (remote && Refused.Contains(name))
                {
                    var failure = Assert.IsType<Status.Failure>(await asker.HearAsync());
                    Assert.Contains($"A RemoteRedis cannot take a {name}: ", Assert.IsType<ArgumentException>(failure.Cause).Message);
                }
                else if (answer is not null)
                {
                    var heard = await asker.HearAsync();
                    Assert.True(answer.IsInstanceOfType(heard), $"{name}: {heard}");
                }

                // A RedisActor tells the state of each of its lanes.
                // Whoever cannot take it says so before it says the same of this.
                asked.Tell(name, asker.Self);
                object next;
                do next = await asker.HearAsync();
                while (next is RedisReady);
                Assert.Contains("cannot take a String", Assert.IsType<Status.Failure>(next).Cause.Message);
            }
        }
    }

    [Fact]
    public async Task The_state_is_told_as_the_nodes_that_serve_come_and_go()
    {
        await using var proxy = FaultProxy.Start(Server);
        var front = Start("web", ByRole);
        var asker = new Asker(front.System);
        front.Redis.Tell(new SubscribeToState(asker.Self));
        Assert.IsType<RedisConnecting>(await asker.HearAsync());
        var waiting = front.Redis.ExecuteAsync("INCR", "n");
        await Eventually.HoldsAsync("the command waits", async () => await StatusAsync(front) is { Stashed: 1, InFlight: 0, State: RedisConnecting });

        var serving = Start("redis", $"{ByRole}\nredis-actors.default.endpoint = \"{proxy.Endpoint}\"");
        await WhenUpAsync(front, serving);
        var ready = Assert.IsType<RedisReady>(await asker.HearAsync());
        Assert.Equal((serving.Address.ToString(), 1, 1), (ready.Endpoint, ready.Epoch, ready.Stashed));
        Assert.Equal(1, (await waiting).AsInt64());

        proxy.Refuse();
        proxy.Cut();
        var lost = Assert.IsType<RedisLost>(await asker.HearAsync());
        Assert.Contains("has no connection to Redis", lost.Cause);

        proxy.Accept();
        var again = Assert.IsType<RedisReady>(await asker.HearAsync());
        Assert.Equal(2, again.Epoch);
        Assert.True(again.Away > TimeSpan.Zero);

        await serving.LeaveAsync();
        Assert.IsType<RedisLost>(await asker.HearAsync());
        Assert.IsType<RedisLost>((await StatusAsync(front)).State);
    }

    private static Task<RedisStatus> StatusAsync(Node node) => node.Redis.Ask<RedisStatus>(GetStatus.Instance, Eventually.Patience);

    /// <summary>In the order in which they are sent, with the type of the answer; null: it is not answered.</summary>
    private static IEnumerable<(object Message, Type? Answer)> Samples(IActorRef me) =>
    [
        (new RedisCommand("INCR", "n"), typeof(RedisReply)),
        (new RedisCommand("BLPOP", "nothing", 0.01), typeof(RedisReply)),
        (new RedisScript("return 1", ["n"]), typeof(RedisReply)),
        (new RedisTransaction(new RedisCommand("INCR", "n")), typeof(RedisReply)),
        (new SubscribeToState(me), typeof(RedisReady)),
        (new UnsubscribeFromState(me), null),
        (new Subscribe("news", me), typeof(RedisSubscribed)),
        (new Unsubscribe("news", me), typeof(RedisUnsubscribed)),
        (new PSubscribe("news*", me), typeof(RedisSubscribed)),
        (new PUnsubscribe("news*", me), typeof(RedisUnsubscribed)),
        (new SSubscribe("news", me), typeof(RedisSubscribed)),
        (new SUnsubscribe("news", me), typeof(RedisUnsubscribed)),
        (GetStatus.Instance, typeof(RedisStatus)),
        (new ForceReconnect("test"), null),
        (new PauseConnection("test"), null),
        (ResumeConnection.Instance, null),
        (new DrainCommands(TimeSpan.Zero), typeof(DrainedCommands)),
    ];

    /// <summary>In its own words.</summary>
    private static async Task<string[]> WhatTakesAsync(IActorRef actor)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => actor.Ask<object>("what?", Eventually.Patience));
        return refusal.Message.Split("It takes: ")[1].Split('.')[0].Split(", ");
    }

    /// <summary>An actor that keeps what it is told.</summary>
    private sealed class Asker
    {
        private readonly Channel<object> _heard = Channel.CreateUnbounded<object>();

        public Asker(ActorSystem system)
        {
            var heard = _heard.Writer;
            Self = system.ActorOf(Props.Create(() => new Ear(heard)));
        }

        public IActorRef Self { get; }

        public Task<object> HearAsync() => _heard.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(ChannelWriter<object> heard) => ReceiveAny(message => heard.TryWrite(message));
    }
}
