using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Supervision;
using RedisActors.Wire;

namespace RedisActors.Tests.Actors;

/// <summary>What the tests of the actors share: an actor system each, a scripted server, and words for what is sent and told.</summary>
public abstract class RedisSpec : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>
    /// No heartbeat disturbs, every wait is short, and no connection lasts so long that its loss is followed by an attempt without one.
    /// </summary>
    private const string Quick = """
        heartbeat { interval = 1h, timeout = 1h }
        backoff { min = 10ms, max = 1h, multiplier = 1, jitter = 0 }
        restart.reset-after = 1h
        """;

    private const string Patient = """
        akka.loglevel = INFO
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.test {
            timefactor = 1.0
            filter-leeway = 20s
            single-expect-default = 20s
            default-timeout = 20s
        }
        """;

    private int _markers;

    protected RedisSpec(Config? config = null)
        : base(ConfigurationFactory.ParseString(Patient)
            .WithFallback(config ?? ConfigurationFactory.Empty)
            .WithFallback(MessagesAsBytes.Config))
    {
        RedisMessages.Get(Sys);
        States = Listen(typeof(RedisConnectionEvent));
    }

    /// <summary>Long enough for anything that is going to happen at all.</summary>
    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    internal ScriptedLinkFactory Server { get; } = new();

    /// <summary>Hears every change of state that is published on the event stream.</summary>
    internal TestProbe States { get; }

    /// <summary>Hears what is published on the event stream from here on.</summary>
    internal TestProbe Listen(Type type)
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe.Ref, type);
        return probe;
    }

    internal IActorRef StartRedis(string settings = "", IRedisLinkFactory? links = null)
    {
        var redis = Sys.ActorOf(RedisActor.Props(Hocon.Settings($"{Quick}\n{settings}"), links ?? Server));
        DeadLetterResponder.AnswerFor((ExtendedActorSystem)Sys, redis);
        return redis;
    }

    internal IActorRef StartSupervisor(string settings = "")
    {
        var read = Hocon.Settings($"{Quick}\n{settings}");
        return Sys.ActorOf(RedisSupervisor.Props(read.Supervision, read.Link, Server, new SupervisorMemory()));
    }

    /// <summary>A RedisActor whose connection is ready.</summary>
    internal async Task<(IActorRef Redis, ScriptedConnection Connection)> StartReadyAsync(string settings = "")
    {
        var redis = StartRedis(settings);
        return (redis, await MakeReadyAsync(redis));
    }

    /// <summary>Lets the next attempt succeed and waits until commands flow.</summary>
    internal async Task<ScriptedConnection> MakeReadyAsync(IActorRef redis, long clientId = 1)
    {
        var connection = await Server.ConnectNextAsync(clientId);
        await AwaitStateAsync<RedisReady>();
        await StatusAsync(redis, status => status.State is RedisReady);

        Assert.IsType<RedisReady>(await SupervisorStateAsync(redis));
        return connection;
    }

    /// <summary>
    /// The supervisor's state. It answers this when it is done with what came before, what it told the command actor included.
    /// </summary>
    internal async Task<RedisConnectionEvent> SupervisorStateAsync(IActorRef redis)
    {
        var asker = CreateTestProbe();
        redis.Tell(new SubscribeToState(asker.Ref));
        redis.Tell(new UnsubscribeFromState(asker.Ref));
        return await asker.ExpectMsgAsync<RedisConnectionEvent>();
    }

    /// <summary>Waits for a change of state, past others.</summary>
    internal async Task<T> AwaitStateAsync<T>()
        where T : RedisConnectionEvent => await States.FishForMessageAsync<T>(_ => true);

    /// <summary>Asks until the status is as expected.</summary>
    internal async Task<RedisStatus> StatusAsync(IActorRef redis, Func<RedisStatus, bool> expected)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Yield())
        {
            var status = await redis.Ask<RedisStatus>(GetStatus.Instance, Patience);
            if (expected(status)) return status;
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"it stays {status}");
        }
    }

    internal static RedisCommand Command(object state, TimeSpan? timeout = null) =>
        new("INCR", $"key-{state}") { State = state, Timeout = timeout };

    /// <summary>The next answer, as "state outcome".</summary>
    internal static async Task<string> AnswerAsync(TestProbe sender) => Describe(await sender.ExpectMsgAsync<object>());

    /// <summary>So many answers, in the order in which they came.</summary>
    internal static async Task<string[]> AnswersAsync(TestProbe sender, int count)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++) answers[i] = await AnswerAsync(sender);
        return answers;
    }

    /// <summary>Everything that was told until now and not looked at yet.</summary>
    internal async Task<object[]> DrainAsync(TestProbe probe)
    {
        var marker = $"marker {++_markers}";
        probe.Ref.Tell(marker);
        var told = new List<object>();
        while (await probe.ExpectMsgAsync<object>() is var message && !marker.Equals(message)) told.Add(message);
        return [.. told];
    }

    /// <summary>That nothing more was told.</summary>
    internal async Task NothingMoreAsync(TestProbe probe) => Assert.Empty(await DrainAsync(probe));

    internal static string Describe(object answer)
    {
        switch (answer)
        {
            case RedisReply reply:
                return $"{reply.State} {reply.Outcome}";
            case Status.Failure { Cause: RedisOutcomeException failure } status:
                Assert.Equal(failure.State, status.State);
                return $"{failure.State} {failure.Outcome}";
            default:
                return $"unexpected: {answer}";
        }
    }
}
