using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace RedisActors.Tests.Configuration;

/// <summary>Which actors the extension starts, and when. Nobody listens where they connect to.</summary>
public sealed class RedisExtensionTests : IAsyncLifetime
{
    private const string Nowhere = "redis-actors.default { endpoint = \"127.0.0.1:1\", database = 7 }\n";
    private const string TwoConnections = Nowhere + "redis-actors.connections { cache {}\n sessions {}\n}\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ActorSystem? _system;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system?.Terminate() ?? Task.CompletedTask;

    [Fact]
    public void Each_connection_has_a_RedisActor_under_its_name()
    {
        var redis = RedisExtension.Get(Start(TwoConnections));

        Assert.Equal("/user/redis-cache", redis.Connection("cache").Path.ToStringWithoutAddress());
        Assert.Equal("/user/redis-sessions", redis.Connection("sessions").Path.ToStringWithoutAddress());
        Assert.Equal("/user/redis", redis.RedisActor.Path.ToStringWithoutAddress());
        Assert.Same(redis.RedisActor, redis.Connection("default"));
    }

    [Fact]
    public async Task Beside_named_connections_default_is_started_only_when_it_is_asked_for()
    {
        var system = Start(TwoConnections);
        var extension = RedisExtension.Get(system);
        Assert.False(await ExistsAsync(system, "redis"));
        Assert.True(await ExistsAsync(system, "redis-cache"));

        var asked = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => extension.RedisActor)));

        Assert.True(await ExistsAsync(system, "redis"));
        Assert.Single(asked.Distinct());
    }

    [Fact]
    public async Task Alone_default_is_started_with_the_extension()
    {
        var system = Start(Nowhere);
        RedisExtension.Get(system);

        Assert.True(await ExistsAsync(system, "redis"));
    }

    [Fact]
    public void A_connection_that_there_is_not_is_refused_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => RedisExtension.Get(Start(TwoConnections)).Connection("orders"));

        Assert.Contains("'orders'", error.Message);
        Assert.Contains("default, cache, sessions", error.Message);
    }

    [Fact]
    public async Task A_default_that_is_not_complete_by_itself_is_refused_when_it_is_asked_for()
    {
        var system = Start("redis-actors.default.user = me\nredis-actors.connections.cache { endpoint = \"127.0.0.1:1\", password = secret }");

        var extension = RedisExtension.Get(system);

        Assert.True(await ExistsAsync(system, "redis-cache"));
        Assert.Contains("redis-actors.default.user", Assert.Throws<ConfigurationException>(() => extension.RedisActor).Message);
    }

    [Fact]
    public async Task Each_connection_is_drained_in_the_phase_that_it_names()
    {
        var system = Start(TwoConnections + "redis-actors.default.shutdown.drain-in-phase = service-unbind");
        var extension = RedisExtension.Get(system);
        IActorRef[] all = [extension.RedisActor, extension.Connection("cache"), extension.Connection("sessions")];
        var outcomes = new List<Outcome>();
        CoordinatedShutdown.Get(system).AddTask("service-stop", "a drained actor refuses at once what others let wait", async () =>
        {
            foreach (var redis in all) outcomes.Add(await OutcomeAsync(redis));
            return Done.Instance;
        });

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        Assert.Equal([Outcome.NotSent, Outcome.NotSent, Outcome.NotSent], outcomes);
    }

    [Fact]
    public void A_phase_that_there_is_not_is_refused_with_the_other_problems()
    {
        var system = Start("redis-actors.default { shutdown.drain-in-phase = lunch, database = -1 }");

        var message = Assert.ThrowsAny<Exception>(() => RedisExtension.Get(system)).ToString();

        Assert.Contains("redis-actors.default.shutdown.drain-in-phase: 'lunch' is not valid", message);
        Assert.Contains("redis-actors.default.database: '-1' is not valid", message);
    }

    [Fact]
    public async Task What_is_hardly_meant_is_logged_as_a_warning()
    {
        using var kit = new TestKit(ConfigurationFactory.ParseString(Nowhere + "redis-actors.default.tls.host = a"));
        await kit.EventFilter.Warning(start: "redis-actors.default.tls.host: is ignored").ExpectOneAsync(() =>
        {
            RedisExtension.Get(kit.Sys);
            return Task.CompletedTask;
        });
    }

    private static async Task<Outcome> OutcomeAsync(IActorRef redis)
    {
        try
        {
            return (await redis.Ask<RedisReply>(new RedisCommand("PING"), TimeSpan.FromSeconds(2))).Outcome;
        }
        catch (RedisOutcomeException failure)
        {
            return failure.Outcome;
        }
    }

    private ActorSystem Start(string hocon) => _system = ActorSystem.Create("extension", ConfigurationFactory.ParseString(hocon));

    private static async Task<bool> ExistsAsync(ActorSystem system, string name) =>
        (await system.ActorSelection($"/user/{name}").Ask<ActorIdentity>(new Identify(name), Patience)).Subject is not null;
}
