using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

public sealed class RedisSupervisorWaitTests : VirtualTimeSpec
{
    [Fact]
    public async Task The_next_attempt_begins_when_its_wait_is_over_and_not_before()
    {
        Server.Unreachable = "connection refused";
        var supervisor = StartSupervisor("backoff { min = 100ms, max = 1s, multiplier = 2, jitter = 0 }");

        foreach (var wait in new[] { 100, 200, 400, 800, 1000, 1000, 1000 })
        {
            Assert.Equal(TimeSpan.FromMilliseconds(wait), (await AwaitStateAsync<RedisBackingOff>()).Delay);
            Assert.IsType<RedisBackingOff>(await SupervisorStateAsync(supervisor));

            Clock.Advance(TimeSpan.FromMilliseconds(wait - 1));
            Assert.IsType<RedisBackingOff>(await SupervisorStateAsync(supervisor));
            await NothingMoreAsync(States);

            Clock.Advance(TimeSpan.FromMilliseconds(1));
            await States.ExpectMsgAsync<RedisConnecting>();
        }
    }

    [Fact]
    public async Task A_server_that_is_back_before_the_first_look_of_a_wait_ends_that_wait_all_the_same()
    {
        StartSupervisor("backoff { min = 1h, max = 1h, jitter = 0, poll-interval = 25ms }");
        Server.Answers = true;

        (await Server.NextAttemptAsync()).Fail(new ServerSilentException("connection refused"));

        var next = Server.NextAttemptAsync();
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(25), () => next.IsCompleted);
        Assert.True(Clock.MonotonicClock < TimeSpan.FromHours(1));
    }
}
