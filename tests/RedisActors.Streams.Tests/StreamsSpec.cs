using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using Akka.TestKit.Xunit2;
using RedisActors.Testing;

namespace RedisActors.Streams.Tests;

/// <summary>A test against a real server of its own, with a RedisActor that is connected to it, and a materializer.</summary>
public abstract class StreamsSpec : IAsyncLifetime
{
    private RedisServer? _server;
    private ActorSystem? _system;
    private TestKit? _kit;
    private ActorMaterializer? _materializer;

    /// <summary>Long enough for anything that is going to happen at all.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    protected RedisServer Server => _server!;

    protected ActorSystem System => _system!;

    protected TestKit Kit => _kit!;

    protected ActorMaterializer Materializer => _materializer!;

    protected IActorRef Redis => RedisExtension.Get(System).RedisActor;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _system = ActorSystem.Create("redis", ConfigurationFactory.ParseString($"""
            akka.loglevel = WARNING
            redis-actors.default.endpoint = "{_server.Endpoint}"
            """));
        _kit = new TestKit(_system);
        _materializer = _system.Materializer();
    }

    public async Task DisposeAsync()
    {
        if (_system is not null) await _system.Terminate();
        if (_server is not null) await _server.DisposeAsync();
    }

    protected async Task<string> OnServerAsync(params string[] words) => (await Server.ExecuteAsync(words)).OrThrow().Text;

    /// <summary>Kills the server and starts it again, so many times, whenever that many more elements have gone by.</summary>
    protected Task KillAsync(int times, int every, Func<int> count) => Task.Run(async () =>
    {
        for (var i = 1; i <= times; i++)
        {
            await EventuallyAsync(() => Task.FromResult(count() >= i * every));
            Server.Kill();
            await Server.StartAgainAsync();
        }
    });

    protected static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(5, patience.Token);
    }
}
