using System.Net;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary>
/// What differs from StackExchange.Redis' own multiplexer: the rows of the table in docs/multiplexer.md, by their first cell, and for each a
/// proof that it is so.
/// </summary>
public sealed class DifferenceTests
{
    private static readonly Dictionary<string, Func<SupervisedRedis, Task>> Proofs = new()
    {
        ["`Multiplexer` of `IDatabase`, `ISubscriber` and `IServer`"] = redis =>
        {
            Assert.NotSame(redis.Multiplexer, redis.Multiplexer.GetDatabase().Multiplexer);
            Assert.NotSame(redis.Multiplexer, redis.Multiplexer.GetSubscriber().Multiplexer);
            Assert.NotSame(redis.Multiplexer, redis.Multiplexer.GetServers()[0].Multiplexer);
            return Task.CompletedTask;
        },
        ["The message of a transaction that the server refuses"] = async redis =>
        {
            var transaction = redis.Multiplexer.GetDatabase().CreateTransaction();
            _ = transaction.HashFieldGetAndDeleteAsync("hash", "field");
            var error = await Assert.ThrowsAsync<RedisServerException>(() => transaction.ExecuteAsync());
            Assert.StartsWith("EXECABORT Transaction discarded because of previous errors. ERR unknown command", error.Message);
        },
        ["`IServer.Shutdown`"] = async redis =>
        {
            await redis.Multiplexer.GetDatabase().PingAsync();
            var error = Assert.Throws<RedisServerException>(() => redis.Multiplexer.GetServers()[0].Shutdown(ShutdownMode.Never));
            Assert.StartsWith("UNKNOWN ", error.Message);
        },
        ["`IServer.Version` and `Features`"] = async redis =>
        {
            redis.Server.Kill();
            Assert.Equal(new Version(7, 2, 0), redis.Multiplexer.GetServers()[0].Version);
            await redis.Server.StartAgainAsync();
            await redis.Multiplexer.GetDatabase().PingAsync();
            Assert.Equal(new Version(7, 2, 0), redis.Multiplexer.GetServers()[0].Version);
        },
        ["A call during an outage"] = async redis =>
        {
            await redis.Multiplexer.GetDatabase().PingAsync();
            redis.Server.Kill();
            var call = redis.Multiplexer.GetDatabase().StringIncrementAsync("n");
            await redis.Server.StartAgainAsync();
            try
            {
                Assert.Equal(1, await call);
            }
            catch (RedisServerException error)
            {
                Assert.StartsWith("UNKNOWN ", error.Message);
            }
        },
        ["A condition of a transaction"] = async redis =>
        {
            var database = redis.Multiplexer.GetDatabase();
            await database.StringSetAsync("text", "v");
            var transaction = database.CreateTransaction();
            transaction.AddCondition(Condition.StringEqual("text", "v"));
            Assert.True(await transaction.ExecuteAsync());
            var commands = (string)(await redis.Multiplexer.GetServers()[0].ExecuteAsync("INFO", "commandstats"))!;
            Assert.Contains("cmdstat_dump", commands);
            Assert.DoesNotContain("cmdstat_watch", commands);
        },
        ["`IServer.ReplicaOf` and `MakePrimaryAsync`"] = async redis =>
        {
            await redis.Multiplexer.GetDatabase().PingAsync();
            await redis.Multiplexer.GetServers()[0].ReplicaOfAsync(new IPEndPoint(IPAddress.Loopback, 1));
            await Eventually.HoldsAsync(() => !redis.Multiplexer.IsConnected);
        },
        ["Clients of the server"] = async redis =>
        {
            var clients = await redis.Multiplexer.GetServers()[0].ClientListAsync();
            Assert.DoesNotContain(clients, client => client.Id == (long)redis.Multiplexer.GetDatabase().Execute("CLIENT", "ID"));
        },
        ["`Unsubscribe`"] = async redis =>
        {
            // The subscriber gets no more at once; that the server hears of it later, nobody can force to be seen.
            var subscriber = redis.Multiplexer.GetSubscriber();
            var channel = RedisChannel.Literal("news");
            await subscriber.SubscribeAsync(channel);
            await subscriber.UnsubscribeAsync(channel);
            await Eventually.HoldsAsync(async () => await subscriber.PublishAsync(channel, "x") == 0);
        },
        ["A Redis Cluster, or Sentinel"] = redis =>
        {
            Assert.Equal(ServerType.Standalone, redis.Multiplexer.GetServers()[0].ServerType);
            return Task.CompletedTask;
        },
    };

    public static TheoryData<string> Names => [.. Proofs.Keys];

    [Fact]
    public void The_table_has_these_rows()
    {
        var rows = File.ReadLines(Path.Combine(RootFolder(), "docs", "multiplexer.md"))
            .SkipWhile(line => line != "## What differs").Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')[1].Trim());

        Assert.Equal(Proofs.Keys.Order(), rows.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_row_is_true(string row)
    {
        await using var redis = await SupervisedRedis.StartAsync();
        await Proofs[row](redis);
    }

    private static string RootFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RedisActors.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("the repository's folder is not above the tests");
    }
}
