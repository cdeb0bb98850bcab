using RedisActors.Testing;

namespace RedisActors.Tests.Sessions;

/// <summary><c>WAIT</c> speaks of all writes that were answered before it was sent, whoever sent them.</summary>
public sealed class WaitForReplicasTests : SessionsSpec
{
    [Fact]
    public async Task It_counts_the_replicas_that_have_what_was_written_before()
    {
        await using var replica = await RedisServer.StartAsync();
        await replica.ReplicateAsync(Server);

        // Without a heartbeat, which would speak for the session too.
        var redis = Redis("heartbeat.interval = 1h");
        await SendAsync(redis, "SET key 1");
        Assert.Equal(1, (await SendAsync(redis, "WAIT 1 5000")).Value.AsInt64());

        replica.Suspend();
        await EventuallyAsync(async () => !await RedisProbe.AnswersAsync(replica.Host, replica.Port, TimeSpan.FromMilliseconds(200)));
        await SendAsync(redis, "SET key 2");
        Assert.Equal(0, (await SendAsync(redis, "WAIT 1 300")).Value.AsInt64());
        Assert.Equal(0, (await SendAsync(redis, "WAIT 1 1300")).Value.AsInt64());
        var waiting = SendAsync(redis, "WAIT 1 0");
        await BlockedAsync(1);
        replica.Resume();

        Assert.Equal(1, (await waiting.WaitAsync(Patience)).Value.AsInt64());
        Assert.Equal("2", (await replica.ExecuteAsync("GET", "key")).Text);
    }

    [Fact]
    public async Task It_does_not_wait_for_what_is_written_afterwards()
    {
        await using var replica = await RedisServer.StartAsync();
        await replica.ReplicateAsync(Server);
        var redis = Redis("heartbeat.timeout = 100ms, heartbeat.interval = 1h");
        await SendAsync(redis, "SET key 1");
        using var stop = new CancellationTokenSource();
        var writes = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await SendAsync(redis, $"SET other {i}");
        });

        for (var i = 0; i < 20; i++) Assert.Equal(1, (await SendAsync(redis, "WAIT 1 0").WaitAsync(Patience)).Value.AsInt64());

        await stop.CancelAsync();
        await writes;
    }

    [Fact]
    public async Task Where_its_connection_is_lost_it_is_Unknown_in_every_mode_what_the_replicas_have()
    {
        foreach (var delivery in Enum.GetValues<DeliveryMode>())
        {
            var redis = Redis();
            var waiting = redis.ExecuteAsync(new RedisCommand("WAIT", 1, 0) { Delivery = delivery });
            await BlockedAsync(1);

            await Server.KillClientsAsync();

            Assert.Equal(Outcome.Unknown, await OutcomeAsync(waiting));
            await StopSystemAsync();
        }
    }
}
