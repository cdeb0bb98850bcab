using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>A test against a real server of its own, with a RedisActor that is connected to it.</summary>
public abstract class ServerSpec() : RealServersSpec(TimeSpan.FromSeconds(20)), IAsyncLifetime
{
    private RedisServer? _server;

    protected RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public virtual async Task DisposeAsync()
    {
        await StopSystemAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Starts an actor system with a RedisActor at an endpoint, and settings of the test's own.</summary>
    protected IActorRef Redis(string endpoint, string settings) => StartRedis($"{settings}\nendpoint = \"{endpoint}\"");

    protected IActorRef Redis(string settings = "") => Redis(Server.Endpoint, settings);
}
