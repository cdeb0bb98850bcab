using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class ProbeCoordinatorTests
{
    [Fact]
    public void One_that_is_alone_is_not_spread()
    {
        var server = ProbeCoordinator.Enter(new object());

        Assert.Equal(TimeSpan.Zero, server.Spread(0.99));
    }

    [Fact]
    public void Many_are_spread_and_none_waits_longer_than_50_ms()
    {
        var key = new object();
        var servers = Enumerable.Range(0, 1000).Select(_ => ProbeCoordinator.Enter(key)).ToArray();

        Assert.All(servers, server => Assert.Same(servers[0], server));
        Assert.Equal(TimeSpan.FromMilliseconds(25), servers[0].Spread(0.5));
        Assert.Equal(TimeSpan.Zero, servers[0].Spread(0));
    }

    [Fact]
    public void When_all_supervisors_have_left_nothing_is_kept()
    {
        var key = new object();
        var first = ProbeCoordinator.Enter(key);
        ProbeCoordinator.Enter(key);
        first.Leave();
        Assert.Same(first, ProbeCoordinator.Enter(key));
        first.Leave();
        first.Leave();

        Assert.NotSame(first, ProbeCoordinator.Enter(key));
    }

    [Fact]
    public async Task A_poll_under_way_is_shared_and_so_is_a_recent_answer()
    {
        var server = ProbeCoordinator.Enter(new object());
        var polls = 0;
        var answer = new TaskCompletionSource<bool>();
        var first = server.PollAsync(TimeSpan.FromHours(1), Poll);
        var second = server.PollAsync(TimeSpan.Zero, Poll);
        answer.SetResult(true);

        Assert.True(await first);
        Assert.True(await second);
        Assert.True(await server.PollAsync(TimeSpan.FromHours(1), Poll));
        Assert.Equal(1, polls);
        await server.PollAsync(TimeSpan.Zero, Poll);
        Assert.Equal(2, polls);

        Task<bool> Poll()
        {
            polls++;
            return answer.Task;
        }
    }
}
