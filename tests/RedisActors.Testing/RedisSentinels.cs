using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// A primary, its replicas and the sentinels that monitor them, all on the loopback address. Each is a <see cref="RedisServer"/>
/// that can be killed, suspended and restarted individually; none outlives the owner.
/// </summary>
/// <remarks>
/// A primary that is restarted after a failover starts as a primary, accepts writes, and is made a replica by the sentinels some time
/// later (about a second here, 10 to 20 s by default). Writes that it accepts in the meantime are lost, as in production. The same applies
/// to a primary that <see cref="FailOverAsync"/> demotes.
/// </remarks>
public sealed class RedisSentinels : IAsyncDisposable
{
    private readonly RedisSentinelsOptions _options;

    private RedisSentinels(
        RedisSentinelsOptions options,
        IReadOnlyList<RedisServer> servers,
        IReadOnlyList<RedisServer> sentinels)
    {
        _options = options;
        Servers = servers;
        Sentinels = sentinels;
    }

    public string ServiceName => _options.ServiceName;

    /// <summary>The data servers, the initial primary first.</summary>
    public IReadOnlyList<RedisServer> Servers { get; }

    /// <summary>The sentinels. <see cref="RedisServer.Suspend"/> and <see cref="RedisServer.Kill"/> disable one.</summary>
    public IReadOnlyList<RedisServer> Sentinels { get; }

    /// <summary>The sentinels' addresses, as a client is configured with them.</summary>
    public IReadOnlyList<string> SentinelEndpoints => [.. Sentinels.Select(sentinel => sentinel.Endpoint)];

    /// <summary>Starts all processes and returns when every sentinel knows every other process and all are healthy.</summary>
    public static async Task<RedisSentinels> StartAsync(RedisSentinelsOptions? options = null)
    {
        options ??= new RedisSentinelsOptions();
        var servers = new List<RedisServer>();
        var sentinels = new List<RedisServer>();
        try
        {
            var server = options.Server with { Port = null, ReplicaOf = null };
            var primary = await RedisServer.StartAsync(server).ConfigureAwait(false);
            servers.Add(primary);
            var replica = server with { ReplicaOf = primary };
            servers.AddRange(await ServerGroup.StartAsync(Enumerable.Repeat(replica, options.Replicas)).ConfigureAwait(false));
            var sentinel = SentinelServer(options, primary);
            sentinels.AddRange(await ServerGroup.StartAsync(Enumerable.Repeat(sentinel, options.Sentinels)).ConfigureAwait(false));
            var group = new RedisSentinels(options, servers, sentinels);
            await group.WaitUntilHealthyAsync().ConfigureAwait(false);
            return group;
        }
        catch
        {
            await ServerGroup.DisposeAsync([.. sentinels, .. servers]).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The primary that most of the reachable sentinels name.</summary>
    public async Task<RedisServer> PrimaryAsync()
    {
        var votes = await VotesAsync().ConfigureAwait(false);
        return votes.GroupBy(server => server).OrderByDescending(group => group.Count()).First().Key;
    }

    /// <summary>The running servers other than the primary.</summary>
    public async Task<IReadOnlyList<RedisServer>> ReplicasAsync()
    {
        var primary = await PrimaryAsync().ConfigureAwait(false);
        return [.. ServerGroup.Reachable(Servers).Where(server => server != primary)];
    }

    /// <summary>
    /// Returns when the reachable sentinels name the same primary and know each other, and every other running server replicates from that
    /// primary, according to itself and to them.
    /// </summary>
    public async Task WaitUntilHealthyAsync(TimeSpan? timeout = null)
    {
        if (_options.LookAroundOften) await LookAroundOftenAsync().ConfigureAwait(false);

        await Until.HoldsAsync($"the sentinels find {ServiceName} healthy", IsHealthyAsync, timeout).ConfigureAwait(false);
    }

    /// <summary>Kills the primary and returns it at once, before the failover.</summary>
    public async Task<RedisServer> KillPrimaryAsync()
    {
        var primary = await PrimaryAsync().ConfigureAwait(false);
        primary.Kill();
        return primary;
    }

    /// <summary>
    /// <c>SENTINEL FAILOVER</c>: promotes a replica although the primary is healthy, and returns it when all sentinels name it.
    /// For what happens to the former primary, see the remarks.
    /// </summary>
    public async Task<RedisServer> FailOverAsync()
    {
        var primary = await PrimaryAsync().ConfigureAwait(false);
        var sentinel = ServerGroup.Reachable(Sentinels)[0];
        await Until.HoldsAsync(
            "a sentinel begins a failover",
            async () =>
            {
                (await sentinel.ExecuteAsync("SENTINEL", "FAILOVER", ServiceName).ConfigureAwait(false)).OrThrow();
                return true;
            }).ConfigureAwait(false);
        return await WaitForPrimaryOtherThanAsync(primary).ConfigureAwait(false);
    }

    /// <summary>Returns the new primary when all reachable sentinels name it and it reports that role itself.</summary>
    public async Task<RedisServer> WaitForPrimaryOtherThanAsync(RedisServer former, TimeSpan? timeout = null)
    {
        var primary = former;
        await Until.HoldsAsync(
            $"the sentinels name another primary than {former.Endpoint}",
            async () =>
            {
                var votes = await VotesAsync().ConfigureAwait(false);
                primary = votes[0];
                if (primary == former || votes.Any(vote => vote != primary)) return false;

                return await IsPrimaryAsync(primary).ConfigureAwait(false);
            },
            timeout).ConfigureAwait(false);
        return primary;
    }

    /// <summary>Ends all processes and removes their folders.</summary>
    public async ValueTask DisposeAsync() => await ServerGroup.DisposeAsync([.. Sentinels, .. Servers]).ConfigureAwait(false);

    private static RedisServerOptions SentinelServer(RedisSentinelsOptions options, RedisServer primary)
    {
        var name = options.ServiceName;
        return options.Server with
        {
            Port = null,
            Users = [],
            Password = options.SentinelPassword,
            Arguments = [],
            SentinelLines =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"sentinel monitor {name} {primary.Host} {primary.ReplicationPort} {(options.Sentinels / 2) + 1}"),
                Milliseconds("down-after-milliseconds", options.DownAfter),
                Milliseconds("failover-timeout", options.FailoverTimeout),
                $"sentinel parallel-syncs {name} 5",
                $"sentinel auth-user {name} {ServerKey.User}",
                $"sentinel auth-pass {name} {ServerKey.Password}",
                $"sentinel sentinel-user {ServerKey.User}",
                $"sentinel sentinel-pass {ServerKey.Password}",
            ],
        };

        string Milliseconds(string setting, TimeSpan value) =>
            string.Create(CultureInfo.InvariantCulture, $"sentinel {setting} {name} {value.TotalMilliseconds:0}");
    }

    private static async Task<bool> IsPrimaryAsync(RedisServer server) =>
        (await server.InfoAsync("replication").ConfigureAwait(false))["role"] == "master";

    private static async Task<bool> ReplicatesAsync(RedisServer replica, RedisServer primary)
    {
        var info = await replica.InfoAsync("replication").ConfigureAwait(false);
        return info["role"] == "slave" && info["master_port"] == PortOf(primary) && info["master_link_status"] == "up";
    }

    private static string PortOf(RedisServer server) => server.ReplicationPort.ToString(CultureInfo.InvariantCulture);

    private Task<RedisServer[]> VotesAsync() => ServerGroup.AskAllAsync(Sentinels, async sentinel =>
    {
        var reply = await sentinel.ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", ServiceName).ConfigureAwait(false);
        return Servers.Single(server => PortOf(server) == reply.OrThrow().Items[1].Text);
    });

    private async Task<bool> IsHealthyAsync()
    {
        var primary = await PrimaryAsync().ConfigureAwait(false);
        var replicas = ServerGroup.Reachable(Servers).Where(server => server != primary).ToArray();
        if (!await IsPrimaryAsync(primary).ConfigureAwait(false)) return false;

        foreach (var replica in replicas)
        {
            if (!await ReplicatesAsync(replica, primary).ConfigureAwait(false)) return false;
        }

        foreach (var sentinel in ServerGroup.Reachable(Sentinels))
        {
            if (!await IsContentAsync(sentinel, primary, replicas).ConfigureAwait(false)) return false;
        }

        return true;
    }

    private async Task<bool> IsContentAsync(RedisServer sentinel, RedisServer primary, IReadOnlyList<RedisServer> replicas)
    {
        var view = (await sentinel.ExecuteAsync("SENTINEL", "MASTER", ServiceName).ConfigureAwait(false)).OrThrow().AsPairs();
        if (view["flags"] != "master" || view["port"] != PortOf(primary)) return false;
        if (view["num-other-sentinels"] != (Sentinels.Count - 1).ToString(CultureInfo.InvariantCulture)) return false;

        var known = (await sentinel.ExecuteAsync("SENTINEL", "REPLICAS", ServiceName).ConfigureAwait(false)).OrThrow().Items
            .Select(item => item.AsPairs())
            .Where(item => item["flags"] == "slave" && item["master-link-status"] == "ok")
            .Where(item => item["master-port"] == PortOf(primary))
            .Select(item => item["port"])
            .ToHashSet();
        return replicas.All(replica => known.Contains(PortOf(replica)));
    }

    /// <summary>A sentinel forgets this when it restarts.</summary>
    private Task LookAroundOftenAsync() => ServerGroup.AskAllAsync(Sentinels, async sentinel => (await sentinel
        .ExecuteAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "300", "PUBLISH-PERIOD", "200").ConfigureAwait(false)).OrThrow());
}
