using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>One server with two clients, StackExchange.Redis' own and ours, and a third that prepares its data.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private SupervisedRedis _redis = null!;
    private ConnectionMultiplexer _admin = null!;

    internal IConnectionMultiplexer Plain { get; private set; } = null!;

    internal IConnectionMultiplexer Ours { get; private set; } = null!;

    internal Data Data { get; private set; } = null!;

    internal IDatabase Admin => _admin.GetDatabase();

    internal RedisServer Server => _redis.Server;

    public async Task InitializeAsync()
    {
        // Small collections in large encodings too; all in one server, so that the order of their members is one.
        var server = await RedisServer.StartAsync(new RedisServerOptions
        {
            AppendOnly = false,
            Arguments =
            [
                "--hash-max-listpack-entries", "16", "--zset-max-listpack-entries", "16", "--list-max-listpack-size", "16",
                "--enable-debug-command", "local", "--save", "",
            ],
        });
        _redis = await SupervisedRedis.StartAsync(server: server);
        Ours = _redis.Multiplexer;
        Plain = await ConnectAsync();
        _admin = await ConnectAsync();
        Data = new Data(Admin);
    }

    public async Task DisposeAsync()
    {
        await Plain.DisposeAsync();
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { Server.Endpoint },
        AllowAdmin = true,
        Protocol = RedisProtocol.Resp2,
        ConfigurationChannel = string.Empty,
        TieBreaker = string.Empty,
    });
}
