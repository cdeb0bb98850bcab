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
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_request_for_another_database_than_the_links_is_refused_and_runs_nowhere(int other)
    {
        var server = await StartServerAsync(new RedisServerOptions { Arguments = ["--rename-command", "CONFIG", ""] });
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\", database = 1"));
        var refused = new RecordedRequest("SET", "where", "nowhere") { InDatabase = other };
        var own = new RecordedRequest("SET", "where", "own") { InDatabase = 1 };

        link.Send(refused);
        link.Send(own);

        Assert.Equal($"refused: this connection is for database 1, not for {other}", await refused.Told.WaitAsync(Patience));
        Assert.Equal("OK", await own.Told.WaitAsync(Patience));
        Assert.Equal("db1:keys=1,expires=0,avg_ttl=0", await KeyspaceAsync(server));
        Assert.False(lost.IsCompleted);
    }

    private static async Task<string> KeyspaceAsync(RedisServer server) => string.Join(
        '\n', (await server.InfoAsync("keyspace")).Select(database => $"{database.Key}:{database.Value}"));
}
