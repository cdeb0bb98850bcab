using Akka.Actor;

namespace RedisActors.Tests.Servers;

public sealed class StoppingTests : ServerSpec
{
    [Fact]
    public async Task Every_command_is_answered_when_the_actor_system_ends()
    {
        var redis = Redis();
        await AskAsync(redis, "PING");
        Server.Suspend();
        var inFlight = Enumerable.Range(0, 100).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();
        await Kit.AwaitAssertAsync(async () =>
            Assert.Equal(100, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight), Patience);

        var terminated = Kit.Sys.Terminate();

        Assert.All(await Task.WhenAll(inFlight), outcome => Assert.Equal(Outcome.Unknown, outcome));
        await terminated;
    }

    [Fact]
    public async Task Stashed_commands_were_certainly_not_sent_when_the_actor_system_ends()
    {
        Server.Kill();
        var redis = Redis();
        var stashed = Enumerable.Range(0, 100).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();
        await Kit.AwaitAssertAsync(async () =>
            Assert.Equal(100, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed), Patience);

        var terminated = Kit.Sys.Terminate();

        Assert.All(await Task.WhenAll(stashed), outcome => Assert.Equal(Outcome.NotSent, outcome));
        await terminated;
    }

    [Fact]
    public async Task Commands_sent_before_and_after_a_stop_are_all_answered()
    {
        var redis = Redis();
        await AskAsync(redis, "PING");
        var before = Enumerable.Range(0, 2500).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();

        await redis.GracefulStop(Patience);
        var after = Enumerable.Range(0, 2500).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();

        Assert.All(await Task.WhenAll(after), outcome => Assert.Equal(Outcome.NotSent, outcome));
        var told = await Task.WhenAll(before);
        var applied = told.Count(outcome => outcome == Outcome.Applied);
        var unknown = told.Count(outcome => outcome == Outcome.Unknown);
        var server = (await Server.ExecuteAsync("GET", "number")).Text is { Length: > 0 } number ? long.Parse(number) : 0;
        Assert.InRange(server, applied, applied + unknown);
    }
}
