using RedisActors.Testing;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>One server for all tests of a class, and a connection to it.</summary>
public sealed class DeliveryServer : IAsyncLifetime
{
    private RedisServer? _server;
    private RedisProbe? _probe;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    internal RedisProbe Probe => _probe ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        _probe = await _server.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        if (_probe is not null) await _probe.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Sends a line and returns the answer, an error included.</summary>
    internal Task<ProbeReply> RunAsync(string line) => Probe.ExecuteAsync(Words.Of(line));

    /// <summary>Sends lines without waiting in between and returns their answers.</summary>
    internal async Task<IReadOnlyList<ProbeReply>> RunAllAsync(IEnumerable<string> lines)
    {
        var sent = 0;
        foreach (var line in lines)
        {
            await Probe.SendAsync(Words.Of(line));
            sent++;
        }

        var replies = new ProbeReply[sent];
        for (var index = 0; index < sent; index++) replies[index] = await Probe.ReadAsync();
        return replies;
    }
}
