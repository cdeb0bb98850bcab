using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>What a node had when it was lost does not run behind what another one was sent.</summary>
public sealed class LostNodeTests : AkkaClusterSpec
{
    private const string KeepOldest =
        $"{ByRole}\nakka.cluster.split-brain-resolver {{ active-strategy = keep-oldest, stable-after = 2s }}\n"
        + "redis-actors.default.delivery = when-safe";

    /// <summary>It has reached the socket of the lost node's connection: without an end of that, the server would read it when it can.</summary>
    [Fact]
    public async Task What_a_lost_node_has_written_is_not_executed_behind_what_another_one_was_sent()
    {
        await using var proxy = FaultProxy.Start(Server);
        var front = Start("web", KeepOldest);
        using var stopped = StartProcess("redis", $"{KeepOldest}\n{Through(proxy)}");
        await LoseWithACommandAsync(front, stopped, proxy.Stall);
        proxy.Pass();

        await AskAsync(front, Push("last"));
        await Eventually.HoldsAsync("the former connection has ended", async () => !(await ClientsAsync()).Contains("name=stopped"));
        Assert.Equal(["first", "later", "last"], await ListAsync());
    }

    /// <summary>It waited for a connection there when the process was stopped, and there is one when it goes on.</summary>
    [Fact]
    public async Task What_waits_at_a_lost_node_does_not_run_when_that_goes_on()
    {
        await using var proxy = FaultProxy.Start(Server);
        var front = Start("web", KeepOldest);
        using var stopped = StartProcess("redis", $"{KeepOldest}\n{Through(proxy)}");
        await LoseWithACommandAsync(front, stopped, () =>
        {
            proxy.Refuse();
            proxy.Cut();
        });
        proxy.Accept();
        stopped.Resume();

        await Eventually.HoldsAsync("it is connected, or has ended", async () => stopped.Exited.IsCompleted || (await ClientsAsync()).Contains("name=stopped"));
        await Task.WhenAny(stopped.Exited, Task.Delay(TimeSpan.FromSeconds(2)));
        Assert.Equal(["first", "later"], await ListAsync());
    }

    /// <summary>By a connection that is not given up for a minute, whatever it does not hear.</summary>
    private static string Through(FaultProxy proxy) =>
        $"redis-actors.default {{ endpoint = \"{proxy.Endpoint}\", client-name = stopped, heartbeat {{ interval = 30s, timeout = 60s }} }}";

    private static RedisCommand Push(string element) => new("RPUSH", "list", element) { Timeout = TimeSpan.FromMinutes(1) };

    private async Task<IEnumerable<string?>> ListAsync() => (await Server.ExecuteAsync("LRANGE", "list", "0", "-1")).Items.Select(item => item.Text);

    private async Task<string> ClientsAsync() => (await Server.ExecuteAsync("CLIENT", "LIST")).Text!;

    /// <summary>A node is lost with a command that it has not executed, and another one executes the next.</summary>
    private async Task LoseWithACommandAsync(Node front, NodeProcess stopped, Action away)
    {
        await WhenUpAsync(2, front);
        await AskAsync(front, Push("first"));
        away();
        var lost = front.Redis.ExecuteAsync(Push("lost"));

        // It has reached the node, and what that writes to.
        await Eventually.HoldsAsync("the node has it", async () => (await front.Redis.Ask<RedisStatus>(GetStatus.Instance, Eventually.Patience)).InFlight == 1);
        await Task.Delay(500);

        stopped.Suspend();
        await Eventually.HoldsAsync("the node is removed", () => front.Cluster.State.Members.Count == 1);
        Start("redis", KeepOldest);
        await AskAsync(front, Push("later"));
        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisOutcomeException>(() => lost)).Outcome);
    }
}
