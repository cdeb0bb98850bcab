using System.Buffers;
using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>One RemoteRedis: when it stops, when it is drained, and when a node or service dies that has its commands.</summary>
public sealed class RemoteRedisTests : AkkaClusterSpec
{
    private const int InFlight = 60;

    [Fact]
    public async Task Commands_sent_after_it_has_stopped_are_answered_as_not_sent()
    {
        var node = Start("web", ByRole);
        await node.Redis.GracefulStop(Eventually.Patience);

        Assert.Equal(Outcome.NotSent, await OutcomeAsync(node));
    }

    [Fact]
    public async Task Commands_that_wait_when_its_actor_system_ends_are_answered_as_not_sent()
    {
        var node = Start("web", ByRole);
        var asked = AskMany(node);

        await node.EndAsync();

        Assert.Equal([Outcome.NotSent], (await Task.WhenAll(asked)).Distinct());
    }

    /// <summary>
    /// What cannot be sent to a node that has died, Akka hands to the dead letters, where a RedisActor's commands are answered as not sent.
    /// </summary>
    [Fact]
    public async Task A_RedisActor_beside_it_does_not_answer_for_a_node_that_was_killed()
    {
        var front = Start("web", ByRole);
        var one = Start("redis", ByRole);
        using var killed = StartProcess("redis", ByRole);
        await WhenUpAsync(3, front, one);
        Assert.NotNull(RedisExtension.Get(front.System).RedisActor);
        var asked = AskMany(front);
        await Task.WhenAll(asked);

        killed.Kill();
        await Eventually.HoldsAsync("the node is removed", async () =>
        {
            asked.AddRange(AskMany(front));
            await Task.WhenAny(asked.TakeLast(InFlight));
            return front.Cluster.State.Members.Count == 2;
        });

        Assert.Equal([Outcome.Applied], (await Task.WhenAll(asked)).Distinct());
    }

    [Fact]
    public async Task What_comes_too_late_for_a_service_that_has_stopped_goes_to_another_node()
    {
        var (front, one, _) = await StartAsync();
        await Task.WhenAll(AskMany(front));

        // Without the lingering of a service that leaves in good order.
        one.System.ActorSelection("/user/remote-redis-service").Tell(PoisonPill.Instance);
        var asked = Enumerable.Range(0, 10).SelectMany(_ => AskMany(front, DeliveryMode.AtMostOnce)).ToList();

        Assert.Equal([Outcome.Applied], (await Task.WhenAll(asked)).Distinct());
    }

    [Fact]
    public async Task When_its_node_leaves_the_answers_to_what_it_has_are_waited_for()
    {
        var (front, one, _) = await StartAsync("redis-actors.default.heartbeat.timeout = 1m");
        await OutcomeAsync(front);
        var resumed = false;
        var resumedBeforeTheNextPhase = false;
        CoordinatedShutdown.Get(front.System).AddTask(CoordinatedShutdown.PhaseClusterExiting, "look", () =>
        {
            resumedBeforeTheNextPhase = Volatile.Read(ref resumed);
            return Task.FromResult(Done.Instance);
        });

        Server.Suspend();
        var asked = AskMany(front, DeliveryMode.AtMostOnce);
        var left = front.LeaveAsync();
        await Eventually.HoldsAsync("the node is exiting", () => one.Cluster.State.Members.Any(
            member => member.Address == front.Address && member.Status == MemberStatus.Exiting));
        Assert.Equal(Outcome.NotSent, await OutcomeAsync(front));
        Volatile.Write(ref resumed, true);
        Server.Resume();
        await left;

        Assert.Equal([Outcome.Applied], (await Task.WhenAll(asked)).Distinct());
        Assert.True(resumedBeforeTheNextPhase);
    }

    [Fact]
    public async Task Drained_it_takes_no_more_and_ends_what_waits_when_its_time_is_up()
    {
        var node = Start("web", ByRole);
        var asked = AskMany(node);

        var drained = await node.Redis.Ask<DrainedCommands>(new DrainCommands(TimeSpan.FromMilliseconds(200)), Eventually.Patience);

        Assert.Equal(InFlight, drained.Unfinished);
        Assert.Equal([Outcome.NotSent], (await Task.WhenAll(asked)).Distinct());
        Assert.Equal(Outcome.NotSent, await OutcomeAsync(node));
    }

    [Fact]
    public async Task A_sender_that_throws_costs_nobody_else_their_answers()
    {
        var node = Start("web", ByRole);
        var asked = AskMany(node);
        var thrower = new ThrowingSender(node.System);
        node.Redis.Tell(new RedisCommand("INCR", "number") { Timeout = TimeSpan.FromMilliseconds(1) }, thrower);

        await thrower.WasTold.WaitAsync(Eventually.Patience);
        var drained = await node.Redis.Ask<DrainedCommands>(new DrainCommands(TimeSpan.Zero), Eventually.Patience);
        Assert.Equal(InFlight, drained.Unfinished);
        await Task.WhenAll(asked);
    }

    /// <summary>Asks for the increment of a number of keys, which are in different slots.</summary>
    private static List<Task<Outcome>> AskMany(Node node, DeliveryMode delivery = DeliveryMode.ExactlyOnce) =>
        [.. Enumerable.Range(0, InFlight).Select(number => OutcomeAsync(node, delivery, $"number-{number}"))];

    private static async Task<Outcome> OutcomeAsync(Node node, DeliveryMode delivery = DeliveryMode.ExactlyOnce, string key = "number")
    {
        try
        {
            return (await AskAsync(node, new RedisCommand("INCR", key) { Delivery = delivery, Timeout = Eventually.Patience })).Outcome;
        }
        catch (RedisOutcomeException failure)
        {
            return failure.Outcome;
        }
    }

    private async Task<(Node Front, Node One, Node Other)> StartAsync(string settings = "")
    {
        var front = Start("web", $"{ByRole}\n{settings}");
        var one = Start("redis", $"{ByRole}\n{settings}");
        var other = Start("redis", $"{ByRole}\n{settings}");
        await WhenUpAsync(front, one, other);
        return (front, one, other);
    }

    private sealed class ThrowingSender(ActorSystem system) : MinimalActorRef
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WasTold => _told.Task;

        public override ActorPath Path { get; } = ((ExtendedActorSystem)system).Provider.RootPath / "throwing-sender";

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            _told.SetResult();
            throw new InvalidOperationException("The mailbox throws.");
        }
    }
}
