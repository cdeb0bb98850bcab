using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>A request runs in the database that it is for, or it does not run.</summary>
public sealed class DatabaseTests : LinkSpec
{
    /// <summary>Not all commands are known to the client; after others it makes sure of its database.</summary>
    private const string UnknownToTheClient = "LOLWUT";

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_user_who_may_no_longer_select_stays_in_the_database_of_the_link(int database)
    {
        var server = await StartServerAsync();
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\", database = {database}"));
        (await server.ExecuteAsync("ACL", "SETUSER", "default", "-select", "-config")).OrThrow();

        await LinkQuery.AskAsync(link, "SET", ["first", "value"]).WaitAsync(Patience);
        await LinkQuery.AskAsync(link, UnknownToTheClient, []).WaitAsync(Patience);
        await LinkQuery.AskAsync(link, "SET", ["second", "value"]).WaitAsync(Patience);

        Assert.Equal($"db{database}:keys=2,expires=0,avg_ttl=0", await KeyspaceAsync(server));
    }

    [Theory]
    [InlineData("--rename-command", "CONFIG", "")]
    [InlineData("--databases", "4")]
    public async Task Another_database_that_the_server_does_not_have_is_refused_and_nothing_runs_elsewhere(params string[] arguments)
    {
        var server = await StartServerAsync(new RedisServerOptions { Arguments = arguments });
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\", database = 1"));
        var refused = new RecordedRequest("SET", "where", "nowhere") { InDatabase = 99 };
        var own = new RecordedRequest("SET", "where", "own");

        link.Send(refused);
        link.Send(own);

        Assert.StartsWith($"refused: {server.Endpoint} has no database 99", await refused.Told.WaitAsync(Patience));
        Assert.Equal("OK", await own.Told.WaitAsync(Patience));
        Assert.Equal("db1:keys=1,expires=0,avg_ttl=0", await KeyspaceAsync(server));
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task Another_database_that_the_user_may_not_select_is_refused_and_nothing_runs_elsewhere()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["default on nopass ~* +@all -select"] });
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        var refused = new RecordedRequest("SET", "where", "nowhere") { InDatabase = 2 };

        link.Send(refused);

        Assert.StartsWith($"refused: {server.Endpoint} does not permit SELECT to this user", await refused.Told.WaitAsync(Patience));
        Assert.Equal(string.Empty, await KeyspaceAsync(server));
    }

    [Fact]
    public async Task Requests_for_several_databases_keep_their_order_and_go_where_they_belong()
    {
        var server = await StartServerAsync();
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\", database = 1"));
        var order = new List<int>();
        var requests = Enumerable.Range(0, 400)
            .Select(i => new RecordedRequest("RPUSH", "list", i)
            {
                InDatabase = (i % 4) switch { 0 => null, 1 => 1, 2 => 2, _ => i > 200 ? 3 : 0 },
                OnTold = _ => order.Add(i),
            })
            .ToArray();

        foreach (var request in requests) link.Send(request);
        await Task.WhenAll(requests.Select(request => request.Told)).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 400), order);
        foreach (var database in requests.GroupBy(request => request.InDatabase ?? 1))
        {
            var list = await server.ExecuteAsync("EVAL", $"redis.call('SELECT', {database.Key}) return redis.call('LRANGE', 'list', 0, -1)", "0");
            Assert.Equal(database.Select(request => request.Arguments[1].ToString()), list.Items.Select(item => item.Text));
        }
    }

    [Fact]
    public async Task A_link_that_is_lost_while_a_database_is_tried_out_has_not_sent_what_waited()
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
        proxy.Stall();
        var requests = Enumerable.Range(0, 10).Select(i => new RecordedRequest("SET", "k", i) { InDatabase = 2 }).ToArray();
        foreach (var request in requests) link.Send(request);

        link.Abandon("the test wants it");
        await lost.WaitAsync(Patience);

        Assert.All(requests, request => Assert.True(request.Fault!.CertainlyNotSent));
    }

    private static async Task<string> KeyspaceAsync(RedisServer server) => string.Join(
        '\n', (await server.InfoAsync("keyspace")).Select(database => $"{database.Key}:{database.Value}"));
}
