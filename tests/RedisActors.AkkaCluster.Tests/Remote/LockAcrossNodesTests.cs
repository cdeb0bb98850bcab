namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>A lock that is taken through a RemoteRedis.</summary>
public sealed class LockAcrossNodesTests : AkkaClusterSpec
{
    [Fact]
    public async Task It_is_held_on_when_the_node_that_served_it_is_killed_and_nobody_else_gets_it()
    {
        var options = new RedisLockOptions { TimeToLive = TimeSpan.FromSeconds(20) };
        var front = Start("web", ByRole);
        var one = Start("redis", ByRole);
        using var killed = StartProcess("redis", ByRole);
        await WhenUpAsync(3, front, one);
        var locks = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => front.Redis.LockAsync($"order:{number}", options)));

        killed.Kill();
        await Eventually.HoldsAsync("the node is removed", () => front.Cluster.State.Members.Count == 2);

        for (var number = 0; number < 20; number++) Assert.Null(await one.Redis.TryLockAsync($"order:{number}", options));
        Assert.All(locks, held => Assert.True(held.IsHeld));
        foreach (var held in locks) await held.DisposeAsync();
        for (var number = 0; number < 20; number++)
        {
            await using var next = await one.Redis.TryLockAsync($"order:{number}", options);
            Assert.True(next?.FencingToken > locks[number].FencingToken);
        }
    }
}
