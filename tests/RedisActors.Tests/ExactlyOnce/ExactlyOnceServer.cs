using RedisActors.Testing;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>One server for all tests of a class; each test begins with an empty one that knows the script.</summary>
public sealed class ExactlyOnceServer : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync() =>
        _server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--enable-debug-command", "yes"] });

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    internal Wire Connect()
    {
        var wire = new Wire(Server);
        Assert.Equal("+OK\r\n", wire.Text("FLUSHALL"));
        return wire.WithScript();
    }
}
