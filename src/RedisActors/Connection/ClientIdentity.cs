using System.Globalization;

namespace RedisActors.Connection;

/// <summary>Which connection of the server this is, in the server's own words.</summary>
/// <param name="Id">The server's number for it; it begins at 1 again when the server restarts. 0: unknown.</param>
/// <param name="Address">Where the server sees it come from, <c>ip:port</c>. Null: unknown.</param>
internal sealed record ClientIdentity(long Id, string? Address)
{
    public static readonly ClientIdentity Unknown = new(0, null);

    /// <summary>
    /// Asks the server. <c>CLIENT INFO</c> came with Redis 6.2; <c>CLIENT LIST</c>, which has the same lines, serves before it.
    /// </summary>
    public static async Task<ClientIdentity> AskAsync(IRedisLink link, CancellationToken cancellation)
    {
        try
        {
            var line = await LinkQuery.AskAsync(link, "CLIENT", ["INFO"], cancellation).ConfigureAwait(false);
            if (Parse(line.AsString()) is { } identity) return identity;
        }
        catch (ServerErrorException)
        {
            // Older than 6.2, or forbidden by the ACL.
        }

        try
        {
            var id = (await LinkQuery.AskAsync(link, "CLIENT", ["ID"], cancellation).ConfigureAwait(false)).AsInt64();
            var list = await LinkQuery.AskAsync(link, "CLIENT", ["LIST"], cancellation).ConfigureAwait(false);
            var lines = list.AsString()?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return lines.Select(Parse).FirstOrDefault(identity => identity?.Id == id) ?? new ClientIdentity(id, null);
        }
        catch (ServerErrorException)
        {
            return Unknown;
        }
    }

    /// <summary>Reads one line of <c>CLIENT INFO</c> or <c>CLIENT LIST</c>: <c>id=5 addr=127.0.0.1:50312 laddr=… name=…</c>.</summary>
    public static ClientIdentity? Parse(string? line)
    {
        long? id = null;
        string? address = null;
        foreach (var field in line?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (field.StartsWith("id=", StringComparison.Ordinal)
                && long.TryParse(field.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                id = number;
            }
            else if (field.StartsWith("addr=", StringComparison.Ordinal))
            {
                address = field[5..];
            }
        }

        return id is { } known ? new ClientIdentity(known, address) : null;
    }
}
