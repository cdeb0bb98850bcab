namespace RedisActors.Testing;

/// <summary>Which server program a sample starts.</summary>
public enum ServerProgram
{
    /// <summary><c>redis-server</c> where it is on the <c>PATH</c>, otherwise the embedded server.</summary>
    Automatic,

    /// <summary><c>redis-server</c>, see <see cref="RedisServer"/>.</summary>
    Redis,

    /// <summary>Garnet, see <see cref="EmbeddedServer"/>.</summary>
    Embedded,
}

/// <summary>
/// A server of a sample's own, and the faults that one can inflict on it; it does not outlive the sample. Tests, which need a real
/// Redis and all its faults, take <see cref="RedisServer"/> itself.
/// </summary>
public interface IPrivateServer : IAsyncDisposable
{
    /// <summary>What it is, for people.</summary>
    string Name { get; }

    string Host { get; }

    /// <summary>The port; it stays the same over <see cref="StartAgainAsync"/>.</summary>
    int Port { get; }

    /// <summary>The address as <c>127.0.0.1:PORT</c>.</summary>
    string Endpoint { get; }

    bool IsRunning { get; }

    bool IsSuspended { get; }

    /// <summary>Whether a kill -9 loses nothing that the server had replied to, tokens of exactly-once included.</summary>
    bool SurvivesKill { get; }

    /// <summary>Whether <see cref="Suspend"/> can be done here: Windows has no SIGSTOP.</summary>
    bool CanBeSuspended { get; }

    /// <summary>
    /// Ends the server, which is gone when this returns: with a kill -9 if it <see cref="SurvivesKill"/>, otherwise in good order.
    /// </summary>
    Task EndAsync();

    /// <summary>Starts the server again with the data it had, and returns when it answers.</summary>
    Task StartAgainAsync();

    /// <summary>SIGSTOP: the server keeps its connections, and the system keeps accepting for it, but it does nothing.</summary>
    void Suspend();

    /// <summary>SIGCONT: the server goes on, beginning with what was sent to it meanwhile.</summary>
    void Resume();

    /// <summary>Returns when the server answers <c>PING</c>.</summary>
    /// <exception cref="InvalidOperationException">It ended meanwhile, or the time is over.</exception>
    Task WaitUntilAnswersAsync(TimeSpan timeout);

    /// <summary>Closes all client connections from the server's side. Returns how many there were.</summary>
    Task<int> KillClientsAsync();

    /// <summary>Sends one command over a connection of its own and returns the answer, an error included.</summary>
    Task<ProbeReply> ExecuteAsync(params string[] words);
}

/// <summary>Starts the server that there is.</summary>
public static class PrivateServer
{
    /// <summary>Whether <see cref="ServerProgram.Automatic"/> finds a <c>redis-server</c>.</summary>
    public static bool HasRedis => Programs.Find("redis-server") is not null;

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">The program is not there, or the server did not come up.</exception>
    public static async Task<IPrivateServer> StartAsync(ServerProgram program = ServerProgram.Automatic) =>
        program == ServerProgram.Redis || (program == ServerProgram.Automatic && HasRedis)
            ? await RedisServer.StartAsync().ConfigureAwait(false)
            : await EmbeddedServer.StartAsync().ConfigureAwait(false);
}
