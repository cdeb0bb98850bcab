using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>The two multiplexers that are compared.</summary>
internal enum Client
{
    /// <summary>That of <see cref="RedisExtension"/>.</summary>
    Supervised,

    /// <summary>StackExchange.Redis' own, with its defaults; only that it may be created while the server is away.</summary>
    Plain,
}

/// <summary>A multiplexer as an application has it, and the server behind it.</summary>
internal sealed class Redis : IAsyncDisposable
{
    private readonly bool _ownsServer;
    private readonly ConnectionMultiplexer? _plain;
    private readonly DeliveryMode? _delivery;

    private Redis(RedisServer server, bool ownsServer, ActorSystem? system, ConnectionMultiplexer? plain, DeliveryMode? delivery)
    {
        Client = plain is null ? Client.Supervised : Client.Plain;
        Server = server;
        _ownsServer = ownsServer;
        System = system!;
        _plain = plain;
        _delivery = delivery;
    }

    public Client Client { get; }

    public RedisServer Server { get; }

    /// <summary>How long the server will be away; null: see <see cref="Calls"/>.</summary>
    public TimeSpan? Away { get; set; }

    /// <summary>Of <see cref="Client.Supervised"/> only.</summary>
    public ActorSystem System { get; }

    public IConnectionMultiplexer Multiplexer => _plain ?? RedisExtension.Get(System).Multiplexer(_delivery);

    /// <param name="client">Which multiplexer.</param>
    /// <param name="delivery">The mode of all calls; a plain multiplexer has none.</param>
    /// <param name="server">A server that others use too; null: one of its own.</param>
    /// <param name="settings">Further HOCON under <c>redis-actors</c>.</param>
    public static async Task<Redis> StartAsync(Client client, DeliveryMode? delivery = null, RedisServer? server = null, string settings = "")
    {
        var own = server is null;
        server ??= await RedisServer.StartAsync();
        if (client == Client.Plain)
        {
            var plain = await ConnectionMultiplexer.ConnectAsync($"{server.Endpoint},abortConnect=false");
            return new Redis(server, own, null, plain, delivery);
        }

        var config = $$"""
            akka.loglevel = WARNING
            redis-actors {
              default.endpoint = "{{server.Endpoint}}"
              {{settings}}
            }
            """;
        return new Redis(server, own, ActorSystem.Create("shop", ConfigurationFactory.ParseString(config)), null, delivery);
    }

    public async ValueTask DisposeAsync()
    {
        if (_plain is not null) await _plain.DisposeAsync();
        else await System.Terminate();
        if (_ownsServer) await Server.DisposeAsync();
    }
}
