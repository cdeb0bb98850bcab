using System.Globalization;

namespace RedisActors.Testing;

/// <summary>A connection as the server sees it: one line of <c>CLIENT LIST</c>.</summary>
/// <param name="Id">The server's id of the connection.</param>
/// <param name="Name">The name that the client set; empty if none.</param>
/// <param name="Flags">One letter each: <c>N</c> none, <c>P</c> subscriber, <c>S</c> replica.</param>
/// <param name="LastCommand">The last command, in lower case.</param>
public sealed record RedisServerClient(long Id, string Name, string Flags, string LastCommand)
{
    /// <summary>What probes call themselves.</summary>
    internal const string ProbeName = "probe";

    public bool IsReplicationLink => Flags.AsSpan().ContainsAny('S', 'M');

    /// <summary>Whether this is a probe, or a sentinel of <see cref="RedisSentinels"/>.</summary>
    private bool IsOfTheFixture => Name == ProbeName || Name.StartsWith("sentinel-", StringComparison.Ordinal);

    /// <summary>All connections of the probe's server except the fixture's own.</summary>
    internal static async Task<IReadOnlyList<RedisServerClient>> ListAsync(RedisProbe probe)
    {
        var reply = await probe.ExecuteAsync("CLIENT", "LIST").ConfigureAwait(false);
        return
        [
            .. reply.OrThrow().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(Parse)
                .Where(client => !client.IsOfTheFixture),
        ];
    }

    /// <summary>Closes all of them, except for replication links. Returns how many there were.</summary>
    internal static async Task<int> KillAllAsync(RedisProbe probe)
    {
        var killed = 0L;
        foreach (var client in await ListAsync(probe).ConfigureAwait(false))
        {
            if (client.IsReplicationLink) continue;

            killed += (await probe.ExecuteAsync("CLIENT", "KILL", "ID", client.Id.ToString(CultureInfo.InvariantCulture))
                .ConfigureAwait(false)).AsInt64();
        }

        return (int)killed;
    }

    private static RedisServerClient Parse(string line)
    {
        var fields = line.TrimEnd('\r').Split(' ')
            .Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return new RedisServerClient(
            long.Parse(fields["id"], CultureInfo.InvariantCulture),
            fields.GetValueOrDefault("name", string.Empty),
            fields.GetValueOrDefault("flags", string.Empty),
            fields.GetValueOrDefault("cmd", string.Empty));
    }
}
