using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// A private Redis server, by default on a loopback port, with a temporary folder, and the faults that a test can inject. Neither the process
/// nor the folder outlives the owner, however the owner ends.
/// </summary>
public sealed class RedisServer : IPrivateServer
{
    private readonly RedisServerOptions _options;
    private readonly string _executable;
    private readonly string _configuration;
    private GuardedProcess _process;

    private RedisServer(RedisServerOptions options, string executable, string folder)
    {
        var ports = ServerPorts.Pick(options);
        _options = options;
        _executable = executable;
        Port = ports.Main;
        PlainPort = ports.Plain;
        BusPort = ports.Bus;
        Folder = folder;
        Access = ServerKey.AccessTo(options);
        _configuration = RedisConfiguration.Write(options, ports, folder, LogFile);
        _process = StartProcess();
    }

    public string Name => "redis-server";

    public string Host => _options.Address;

    /// <summary>The port, with TLS if enabled; it stays the same across <see cref="StartAgainAsync"/>.</summary>
    public int Port { get; }

    /// <summary>The additional port without TLS, if <see cref="RedisServerTls.KeepPlainPort"/>.</summary>
    public int? PlainPort { get; }

    /// <summary>The address as <c>HOST:PORT</c>.</summary>
    public string Endpoint => $"{Host}:{Port}";

    /// <summary>The server's folder, removed by <see cref="DisposeAsync"/>.</summary>
    public string Folder { get; }

    /// <summary>The server's log, in <see cref="Folder"/>, across all its starts.</summary>
    public string LogFile => Path.Combine(Folder, "redis.log");

    public int ProcessId => _process.Id;

    public bool IsRunning => !_process.Exited.IsCompleted;

    public bool IsSuspended { get; private set; }

    bool IPrivateServer.SurvivesKill => true;

    bool IPrivateServer.CanBeSuspended => true;

    /// <summary>The port at which replicas and the nodes of a Redis Cluster reach this server.</summary>
    internal int ReplicationPort => PlainPort ?? Port;

    /// <summary>The cluster bus port of a node of a Redis Cluster; none for other servers.</summary>
    internal int? BusPort { get; }

    /// <summary>How the fixture itself logs in, whatever a test did to passwords, users and certificates.</summary>
    internal ProbeAccess Access { get; }

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">
    /// There is no <c>redis-server</c>, or it did not start; the message says why and quotes its log.
    /// </exception>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null)
    {
        options ??= new RedisServerOptions();
        var executable = options.Executable ?? Programs.Find("redis-server")
            ?? throw new InvalidOperationException("There is no redis-server on the PATH; install Redis (apt-get install redis-server).");

        // A port that was free a moment ago may be taken now. Only a port that was chosen here can be replaced.
        for (var attempt = 1; ; attempt++)
        {
            var server = Create(options, executable);
            try
            {
                await server.WaitUntilAnswersAsync(options.StartTimeout).ConfigureAwait(false);
                return server;
            }
            catch (InvalidOperationException) when (options.Port is null && attempt < 3)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await server.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>SIGKILL: when this returns, the server is gone, without having closed anything cleanly.</summary>
    public void Kill()
    {
        _process.Kill();
        IsSuspended = false;
    }

    Task IPrivateServer.EndAsync()
    {
        Kill();
        return Task.CompletedTask;
    }

    Task IPrivateServer.StartAgainAsync() => StartAgainAsync();

    /// <summary><c>SHUTDOWN</c>: the server shuts down cleanly and is gone when this returns.</summary>
    public async Task StopAsync()
    {
        if (!IsRunning) return;

        Resume();
        await using (var probe = await ConnectAsync().ConfigureAwait(false))
        {
            await probe.SendAsync("SHUTDOWN", "NOSAVE").ConfigureAwait(false);
            await _process.Exited.WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Restarts the server after <see cref="Kill"/> or <see cref="StopAsync"/>: same port, same folder, different arguments if given.
    /// </summary>
    /// <param name="arguments">Replace <see cref="RedisServerOptions.Arguments"/> for this start.</param>
    /// <param name="waitUntilItAnswers">false: returns as soon as the process runs, for instance to watch it load.</param>
    public async Task StartAgainAsync(IReadOnlyList<string>? arguments = null, bool waitUntilItAnswers = true)
    {
        if (IsRunning) throw new InvalidOperationException("The server is running.");

        await AppendOnlyFile.RepairAsync(Folder).ConfigureAwait(false);
        var predecessor = _process;
        _process = StartProcess(arguments);
        predecessor.Dismiss();
        if (waitUntilItAnswers) await WaitUntilAnswersAsync(_options.StartTimeout).ConfigureAwait(false);
    }

    /// <summary>SIGSTOP: the server keeps its connections and the operating system still accepts new ones, but it does nothing.</summary>
    public void Suspend()
    {
        Signals.Send(ProcessId, Signals.Suspend);
        IsSuspended = true;
    }

    /// <summary>SIGCONT: the server continues, starting with what was sent to it in the meantime.</summary>
    public void Resume()
    {
        if (!IsSuspended) return;

        Signals.Send(ProcessId, Signals.Resume);
        IsSuspended = false;
    }

    /// <summary>Returns when the server answers <c>PING</c> with <c>PONG</c> (so not while it loads).</summary>
    /// <exception cref="InvalidOperationException">The server exited, or did not answer in time; the message quotes its log.</exception>
    public async Task WaitUntilAnswersAsync(TimeSpan timeout)
    {
        using var clock = new CancellationTokenSource(timeout);
        while (!await RedisProbe.AnswersAsync(Host, ReplicationPort, TimeSpan.FromSeconds(1), Access).ConfigureAwait(false))
        {
            if (!IsRunning) throw new InvalidOperationException($"redis-server at {Endpoint} exited unexpectedly. {LogTail()}");
            if (clock.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"redis-server at {Endpoint} did not answer within {timeout.TotalSeconds} s. {LogTail()}");
            }

            await Task.Delay(2, CancellationToken.None).ConfigureAwait(false);
        }

        // Another server has the port and answered; ours exited because the port was taken.
        if (!IsRunning) throw new InvalidOperationException($"redis-server at {Endpoint} exited unexpectedly. {LogTail()}");
    }

    /// <summary>
    /// A separate connection that bypasses every proxy; its name on the server is <c>probe</c>. It logs in as a user of the fixture, so it
    /// works whatever happens to the server's password, its other users and its certificate.
    /// </summary>
    public async Task<RedisProbe> ConnectAsync()
    {
        var probe = await RedisProbe.ConnectAsync(Host, ReplicationPort, access: Access).ConfigureAwait(false);
        try
        {
            (await probe.ExecuteAsync("CLIENT", "SETNAME", RedisServerClient.ProbeName).ConfigureAwait(false)).OrThrow();
            return probe;
        }
        catch
        {
            await probe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends one command over a separate connection and returns the reply, which may be an error.</summary>
    public async Task<ProbeReply> ExecuteAsync(params string[] words)
    {
        await using var probe = await ConnectAsync().ConfigureAwait(false);
        return await probe.ExecuteAsync(words).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes all client connections on the server except those of probes, sentinels and replicas. Returns how many there were.
    /// </summary>
    public async Task<int> KillClientsAsync()
    {
        await using var probe = await ConnectAsync().ConfigureAwait(false);
        return await RedisServerClient.KillAllAsync(probe).ConfigureAwait(false);
    }

    /// <summary>Closes one client connection on the server. Returns whether it existed.</summary>
    public async Task<bool> KillClientAsync(long id)
    {
        var reply = await ExecuteAsync("CLIENT", "KILL", "ID", id.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        return reply.OrThrow().AsInt64() > 0;
    }

    /// <summary>The server's client connections without probes and sentinels; replicas count as clients.</summary>
    public async Task<IReadOnlyList<RedisServerClient>> ListClientsAsync()
    {
        await using var probe = await ConnectAsync().ConfigureAwait(false);
        return await RedisServerClient.ListAsync(probe).ConfigureAwait(false);
    }

    /// <summary>The number of the server's client connections without probes and sentinels.</summary>
    public async Task<int> CountClientsAsync() => (await ListClientsAsync().ConfigureAwait(false)).Count;

    /// <summary>The values of <c>INFO</c> by name, of one section if given.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string? section = null)
    {
        var reply = await (section is null ? ExecuteAsync("INFO") : ExecuteAsync("INFO", section)).ConfigureAwait(false);
        return reply.OrThrow().Text.Split("\r\n")
            .Where(line => line.Contains(':') && !line.StartsWith('#'))
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }

    /// <summary>Makes this server a replica and returns when it has synchronized.</summary>
    public async Task ReplicateAsync(RedisServer master, TimeSpan? timeout = null)
    {
        var port = master.ReplicationPort.ToString(CultureInfo.InvariantCulture);
        (await ExecuteAsync("REPLICAOF", master.Host, port).ConfigureAwait(false)).OrThrow();
        using var clock = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(20));
        while ((await InfoAsync("replication").ConfigureAwait(false)).GetValueOrDefault("master_link_status") != "up")
        {
            if (clock.IsCancellationRequested) throw new TimeoutException($"{Endpoint} did not catch up with its primary. {LogTail()}");
            await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Presents another certificate to new connections, until the server is restarted.</summary>
    public async Task ShowCertificateAsync(TestCertificate certificate) => (await ExecuteAsync(
        "CONFIG", "SET",
        "tls-cert-file", certificate.CertificateFile(Folder),
        "tls-key-file", certificate.KeyFile(Folder)).ConfigureAwait(false)).OrThrow();

    /// <summary><c>REPLICAOF NO ONE</c>: a replica becomes a primary.</summary>
    public async Task PromoteAsync() => (await ExecuteAsync("REPLICAOF", "NO", "ONE").ConfigureAwait(false)).OrThrow();

    /// <summary>Kills the server, suspended or not, and removes its folder.</summary>
    public ValueTask DisposeAsync()
    {
        Kill();
        _process.Dispose();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static RedisServer Create(RedisServerOptions options, string executable)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-").FullName;
        try
        {
            return new RedisServer(options, executable, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private GuardedProcess StartProcess(IReadOnlyList<string>? arguments = null) => GuardedProcess.Start(
        Folder,
        Path.Combine(Folder, "output.log"),
        [
            .. _options.Launcher,
            _executable,
            _configuration,
            .. _options.SentinelLines is null ? Array.Empty<string>() : ["--sentinel"],
            .. arguments ?? _options.Arguments,
        ]);

    private string LogTail()
    {
        var lines = new[] { LogFile, Path.Combine(Folder, "output.log") }
            .Where(File.Exists)
            .SelectMany(file => File.ReadLines(file).TakeLast(8));
        return $"Its last words: {string.Join(" | ", lines)}";
    }
}
