namespace RedisActors.Testing;

/// <summary>The server program that a sample starts.</summary>
public enum ServerProgram
{
    /// <summary><c>redis-server</c> if it is on the <c>PATH</c>, otherwise the embedded server.</summary>
    Automatic,

    /// <summary><c>redis-server</c>, see <see cref="RedisServer"/>.</summary>
    Redis,

    /// <summary>Garnet, see <see cref="EmbeddedServer"/>.</summary>
    Embedded,
}

/// <summary>
/// A private server of a sample, and the faults that the sample can inject; it does not outlive the sample. Tests, which need a real
/// Redis and all its faults, use <see cref="RedisServer"/> itself.
/// </summary>
public interface IPrivateServer : IAsyncDisposable
{
    /// <summary>The name of the server program, for people.</summary>
    string Name { get; }

    string Host { get; }

    /// <summary>The port; it stays the same across <see cref="StartAgainAsync"/>.</summary>
    int Port { get; }

    /// <summary>The address as <c>127.0.0.1:PORT</c>.</summary>
    string Endpoint { get; }

    bool IsRunning { get; }

    bool IsSuspended { get; }

    /// <summary>Whether everything that the server has replied to survives a kill -9, including idempotency keys of exactly-once commands.</summary>
    bool SurvivesKill { get; }

    /// <summary>Whether <see cref="Suspend"/> is supported here: Windows has no SIGSTOP.</summary>
    bool CanBeSuspended { get; }

    /// <summary>
    /// Ends the server: by kill -9 if its data <see cref="SurvivesKill">survives</see> that, otherwise by a clean shutdown. It is gone when
    /// this returns.
    /// </summary>
    Task EndAsync();

    /// <summary>Restarts the server with its data and returns when it answers.</summary>
    Task StartAgainAsync();

    /// <summary>SIGSTOP: the server keeps its connections and the operating system still accepts new ones, but it does nothing.</summary>
    void Suspend();

    /// <summary>SIGCONT: the server continues, starting with what was sent to it in the meantime.</summary>
    void Resume();

    /// <summary>Returns when the server answers <c>PING</c>.</summary>
    /// <exception cref="InvalidOperationException">The server exited, or did not answer in time.</exception>
    Task WaitUntilAnswersAsync(TimeSpan timeout);

    /// <summary>Closes all client connections on the server. Returns how many there were.</summary>
    Task<int> KillClientsAsync();

    /// <summary>Sends one command over a separate connection and returns the reply, which may be an error.</summary>
    Task<ProbeReply> ExecuteAsync(params string[] words);
}

/// <summary>Starts the available server program.</summary>
public static class PrivateServer
{
    /// <summary>Whether <see cref="ServerProgram.Automatic"/> finds a <c>redis-server</c>.</summary>
    public static bool HasRedis => Programs.Find("redis-server") is not null;

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">The program is missing, or the server did not start.</exception>
    public static async Task<IPrivateServer> StartAsync(ServerProgram program = ServerProgram.Automatic) =>
        program == ServerProgram.Redis || (program == ServerProgram.Automatic && HasRedis)
            ? await RedisServer.StartAsync().ConfigureAwait(false)
            : await EmbeddedServer.StartAsync().ConfigureAwait(false);
}
