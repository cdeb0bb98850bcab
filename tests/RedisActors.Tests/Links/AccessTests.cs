using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>Passwords and users, and what is said when they are wrong.</summary>
public sealed class AccessTests : LinkSpec
{
    [Fact]
    public async Task A_password_lets_in()
    {
        var server = await StartServerAsync(new RedisServerOptions { Password = "secret" });

        Assert.Equal("PONG", (await AskAsync($"endpoint = \"{server.Endpoint}\", password = secret", "PING")).AsString());
    }

    [Fact]
    public async Task A_wrong_password_is_told_with_the_endpoint()
    {
        var server = await StartServerAsync(new RedisServerOptions { Password = "secret" });

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", password = guess");

        Assert.StartsWith($"{server.Endpoint} does not accept user and password of the default user: WRONGPASS", refusal);
    }

    [Fact]
    public async Task A_missing_password_is_told()
    {
        var server = await StartServerAsync(new RedisServerOptions { Password = "secret" });

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\"");

        Assert.StartsWith($"{server.Endpoint} wants a password and none is configured: set password", refusal);
    }

    [Fact]
    public async Task A_password_for_a_server_without_one_is_told()
    {
        var server = await StartServerAsync();

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", password = secret");

        Assert.StartsWith($"{server.Endpoint} has no password, yet one is configured here", refusal);
    }

    [Fact]
    public async Task A_database_that_the_server_does_not_have_is_told()
    {
        var server = await StartServerAsync();

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", database = 99");

        Assert.StartsWith($"{server.Endpoint} has no database 99: set database to one that it has", refusal);
    }

    [Fact]
    public async Task A_database_that_the_user_may_not_select_is_told()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["default on nopass ~* +@all -select"] });

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", database = 1");

        Assert.StartsWith($"{server.Endpoint} does not permit SELECT to this user", refusal);
    }

    [Fact]
    public async Task A_password_that_the_server_repeats_in_its_error_is_not_shown()
    {
        var server = Keep(StrangeServer.Saying(
            _ => "-ERR unknown command 'AUTH', with args beginning with: 'hunter2' \r\n+PONG\r\n*1\r\n$6\r\nmaster\r\n"));

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", password = hunter2");

        Assert.StartsWith($"{server.Endpoint} does not accept user and password of the default user: ERR (", refusal);
        Assert.DoesNotContain("hunter2", refusal);
    }

    [Fact]
    public async Task A_user_lets_in_where_the_default_user_is_off()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["app on >secret ~* +@all", "default off"] });

        var whoAmI = await AskAsync($"endpoint = \"{server.Endpoint}\", user = app, password = secret", "ACL", "WHOAMI");

        Assert.Equal("app", whoAmI.AsString());
    }

    [Fact]
    public async Task A_user_who_may_not_ask_for_the_role_is_let_in()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["app on >secret ~* +@read +@write +@connection"] });

        var reply = await AskAsync($"endpoint = \"{server.Endpoint}\", user = app, password = secret", "SET", "k", "v");

        Assert.Equal("OK", reply.AsString());
    }

    [Fact]
    public async Task A_user_named_default_is_the_default_user()
    {
        var server = await StartServerAsync(new RedisServerOptions { Password = "secret" });

        Assert.Equal("PONG", (await AskAsync($"endpoint = \"{server.Endpoint}\", user = default, password = secret", "PING")).AsString());
    }

    [Fact]
    public async Task A_wrong_user_is_told_by_name()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["app on >secret ~* +@all"] });

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", user = nobody, password = secret");

        Assert.Contains("does not accept user and password of the user 'nobody': WRONGPASS", refusal);
    }

    [Fact]
    public async Task A_user_who_may_do_nothing_is_told()
    {
        var server = await StartServerAsync(new RedisServerOptions { Users = ["app on >secret"] });

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", user = app, password = secret");

        Assert.Contains("does not permit PING to this user", refusal);
    }

    [Fact]
    public async Task A_provider_is_asked_for_each_attempt_so_that_passwords_can_be_changed()
    {
        var server = await StartServerAsync(new RedisServerOptions { Password = "first" });
        var links = Links($"endpoint = \"{server.Endpoint}\", credentials-provider = \"{typeof(Rotating).AssemblyQualifiedName}\"");
        Rotating.Password = "first";
        await ConnectAsync(links);

        (await server.ExecuteAsync("CONFIG", "SET", "requirepass", "second")).OrThrow();
        await Assert.ThrowsAsync<MisconfiguredException>(() => ConnectAsync(links));
        Rotating.Password = "second";

        var (link, _) = await ConnectAsync(links);
        Assert.Equal("PONG", (await LinkQuery.AskAsync(link, "PING", [])).AsString());
    }

    [Fact]
    public async Task A_provider_that_fails_is_told_and_asked_again_later()
    {
        var server = await StartServerAsync();
        var links = Links($"endpoint = \"{server.Endpoint}\", credentials-provider = \"{typeof(Failing).AssemblyQualifiedName}\"");

        var error = await Assert.ThrowsAsync<RedisLinkException>(() => ConnectAsync(links));

        Assert.Equal($"the credentials provider {typeof(Failing)} failed: the vault is sealed", error.Message);
    }

    [Fact]
    public async Task A_provider_that_hangs_takes_no_longer_than_an_attempt_may()
    {
        var server = await StartServerAsync();
        var links = Links(
            $"endpoint = \"{server.Endpoint}\", connect-timeout = 100ms, credentials-provider = \"{typeof(Hanging).AssemblyQualifiedName}\"");

        var error = await Assert.ThrowsAsync<RedisLinkException>(() => ConnectAsync(links));

        Assert.Contains("did not answer within connect-timeout", error.Message);
    }

    [Fact]
    public async Task A_provider_that_hangs_is_not_called_again_and_what_it_gives_in_the_end_is_used()
    {
        var server = await StartServerAsync();
        var links = Links(
            $"endpoint = \"{server.Endpoint}\", connect-timeout = 1s, credentials-provider = \"{typeof(Blocking).AssemblyQualifiedName}\"");
        Blocking.Calls = 0;
        Blocking.MayGoOn.Reset();

        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<RedisLinkException>(() => ConnectAsync(links));
        Assert.Equal(1, Blocking.Calls);
        Blocking.MayGoOn.Set();

        await ConnectAsync(links);
        await ConnectAsync(links);
        Assert.InRange(Blocking.Calls, 2, 3);
    }

    public sealed class Blocking : IRedisCredentialsProvider
    {
        private static int _calls;

        public static int Calls
        {
            get => Volatile.Read(ref _calls);
            set => Volatile.Write(ref _calls, value);
        }

        public static ManualResetEventSlim MayGoOn { get; } = new();

        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _calls);
            MayGoOn.Wait(CancellationToken.None);
            return new(new RedisCredentials(null, null));
        }
    }

    public sealed class Rotating : IRedisCredentialsProvider
    {
        public static string? Password { get; set; }

        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            new(new RedisCredentials(null, Password));
    }

    public sealed class Failing : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            throw new InvalidOperationException("the vault is sealed");
    }

    public sealed class Hanging : IRedisCredentialsProvider
    {
        public async ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            await new TaskCompletionSource<RedisCredentials>().Task;
    }
}
