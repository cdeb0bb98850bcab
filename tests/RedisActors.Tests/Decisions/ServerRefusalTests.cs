using System.Net;
using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

/// <summary>Refusals that no server on a loopback address can be made to give, and those that are none.</summary>
public sealed class ServerRefusalTests
{
    private static readonly ServerAddress Server = new(new RedisEndpoint("redis.test", 6379), IPAddress.Parse("10.0.0.1"));
    private static readonly ServerAccess Nobody = new(new RedisCredentials(null, null), null);
    private static readonly ServerAccess App = new(new RedisCredentials("app", "secret"), null);

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("ERR max number of clients reached")]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    public void What_passes_by_itself_is_waited_for(string error)
    {
        Assert.IsType<RedisLinkException>(ServerRefusal.OfQuestion(Server, Nobody, "PING", error));
        Assert.IsType<RedisLinkException>(ServerRefusal.OfAuth(Server, App, error));
    }

    [Theory]
    [InlineData("BUSYKEY Target key name already exists.")]
    [InlineData("MASTERDOWN Link with MASTER is down")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots")]
    [InlineData("ERR something new")]
    public void Other_errors_are_answers(string error) => Assert.Null(ServerRefusal.OfQuestion(Server, Nobody, "PING", error));

    [Theory]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    public void A_server_that_is_busy_has_its_databases_all_the_same(string error) =>
        Assert.IsType<RedisLinkException>(ServerRefusal.OfDatabase(Server, Nobody with { Database = 3 }, error));

    [Fact]
    public void A_database_too_many_is_told() => Told(
        "redis.test:6379 (10.0.0.1) has no database 99: set database to one that it has",
        ServerRefusal.OfDatabase(Server, Nobody with { Database = 99 }, "ERR DB index is out of range"));

    [Fact]
    public void Protected_mode_is_told() => Told(
        "redis.test:6379 (10.0.0.1) is in protected mode and accepts connections from its own host only",
        ServerRefusal.OfQuestion(Server, Nobody, "PING", "DENIED Redis is running in protected mode because protected mode is enabled"));

    [Theory]
    [InlineData("ERR Client sent AUTH, but no password is set")]
    [InlineData("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")]
    public void A_password_too_much_is_told_whatever_the_version(string error) =>
        Told("redis.test:6379 (10.0.0.1) has no password, yet one is configured here", ServerRefusal.OfAuth(Server, App, error));

    [Theory]
    [InlineData("ERR invalid password")]
    [InlineData("WRONGPASS invalid username-password pair or user is disabled.")]
    public void A_wrong_password_is_told_whatever_the_version(string error) =>
        Told("redis.test:6379 (10.0.0.1) does not accept user and password of the user 'app'", ServerRefusal.OfAuth(Server, App, error));

    [Theory]
    [InlineData("hunter2 is wrong")]
    [InlineData("HUNTER2 is wrong")]
    [InlineData("'hunt... (cut off)")]
    [InlineData("h\\x75nter2 (escaped)")]
    public void Words_that_repeat_the_password_or_a_part_of_it_are_not_shown(string echo)
    {
        var access = new ServerAccess(new RedisCredentials("app", "hunter2"), null);
        foreach (var code in new[] { "ERR", "WRONGPASS", "NOPERM", "NOAUTH", "LOADING", "DENIED", "ERR invalid password", "ERR no password is set", "ERR max number of clients reached", "-" })
        {
            var error = $"{code} {echo}";
            string?[] messages =
            [
                ServerRefusal.OfAuth(Server, access, error).Message, ServerRefusal.OfQuestion(Server, access, "PING", error)?.Message,
                ServerRefusal.OfDatabase(Server, access, error).Message, ServerRefusal.NotRedis(Server, access, error).Message,
            ];
            foreach (var message in messages.OfType<string>())
            {
                Assert.DoesNotContain("hunt", message, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("nter2", message, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public void The_settings_of_sentinels_are_named_by_their_own_names() => Told(
        "redis.test:6379 (10.0.0.1) wants a password and none is configured: set sentinel.password",
        ServerRefusal.OfQuestion(Server, Nobody with { Prefix = "sentinel." }, "SENTINEL", "NOAUTH Authentication required."));

    [Fact]
    public void Strange_words_are_shown_as_one_short_line()
    {
        var message = ServerRefusal.NotRedis(Server, Nobody, $"SSH-2.0\r\n\0{new string('x', 500)}").Message;

        Assert.StartsWith("redis.test:6379 (10.0.0.1) is not a Redis server: it answers 'SSH-2.0   xxx", message);
        Assert.InRange(message.Length, 80, 140);
    }

    private static void Told(string beginning, RedisLinkException? refusal) =>
        Assert.StartsWith(beginning, Assert.IsType<MisconfiguredException>(refusal).Message);
}
