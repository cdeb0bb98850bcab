using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

/// <summary>The sample with consumers of a stream: two processes and Redis are killed while orders come in.</summary>
public sealed class StreamWorkerTests
{
    private const int Orders = 2_000;
    private const int Customers = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_order_is_billed_once_whatever_is_killed_and_none_stays_pending()
    {
        await using var server = await RedisServer.StartAsync();
        using var system = ActorSystem.Create("orders", $"redis-actors.default {{ endpoint = \"{server.Endpoint}\", command-timeout = 60s }}");
        var redis = RedisExtension.Get(system).RedisActor;
        var workers = new[] { StartWorker(server, "a", 2), StartWorker(server, "b", 1) };
        for (var i = 0; i < Orders; i++)
        {
            await redis.ExecuteAsync(
                new RedisCommand("XADD", "orders", "*", "customer", $"c{i % Customers}", "amount", 1 + (i / Customers)) { Delivery = DeliveryMode.ExactlyOnce });
            switch (i)
            {
                case 400 or 1200:
                    server.Kill();
                    await server.StartAgainAsync();
                    break;
                case 700:
                    workers[0] = StartAgain(workers[0], server, "a", 2);
                    break;
                case 1000:
                    // This one does not come back: the others take over what it had.
                    workers[1].Kill();
                    break;
            }
        }

        var last = (await redis.ExecuteAsync("XINFO", "STREAM", "orders")).AsDictionary()["last-generated-id"];
        await BecomesAsync(redis, new RedisCommand("XINFO", "GROUPS", "orders"), reply => reply.AsArray()[0].AsDictionary()["last-delivered-id"] == last);
        await BecomesAsync(redis, new RedisCommand("XPENDING", "orders", "billing"), reply => reply.AsArray()[0].AsInt64() == 0);
        var balances = (await redis.ExecuteAsync("HGETALL", "balances")).AsDictionary();
        const int PerCustomer = Orders / Customers;
        Assert.Equal(Customers, balances.Count);
        Assert.All(balances.Values, balance => Assert.Equal(PerCustomer * (PerCustomer + 1) / 2, balance.AsInt64()));
        Assert.Equal(0, (await redis.ExecuteAsync("EXISTS", "orders:dead-letters")).AsInt64());
        foreach (var worker in workers) Stop(worker);
    }

    private static GuardedProcess StartAgain(GuardedProcess worker, RedisServer server, string name, int consumers)
    {
        Stop(worker);
        return StartWorker(server, name, consumers);
    }

    private static void Stop(GuardedProcess worker)
    {
        worker.Kill();
        worker.Dispose();
    }

    private static GuardedProcess StartWorker(RedisServer server, string name, int consumers)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-worker-").FullName;
        var program = typeof(Samples.StreamWorker.Billing).Assembly.Location;
        return GuardedProcess.Start(
            folder, Path.Combine(folder, "output"), [Environment.ProcessPath!, "exec", program, server.Endpoint, name, $"{consumers}"]);
    }

    private static async Task BecomesAsync(IActorRef redis, RedisCommand question, Predicate<RespValue> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!holds((await redis.ExecuteAsync(question)).Value)) await Task.Delay(50, limit.Token);
    }
}
