using System.Globalization;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Connection;

/// <summary>Which connection of the server this is, in the server's own words.</summary>
/// <param name="Id">The server's number for it; it begins at 1 again when the server restarts. 0: unknown.</param>
/// <param name="Address">Where the server sees it come from, <c>ip:port</c>. Null: unknown.</param>
internal sealed record ClientIdentity(long Id, string? Address)
{
    public static readonly ClientIdentity Unknown = new(0, null);

    /// <summary>
    /// Reads the answer to <c>CLIENT INFO</c>, which came with Redis 6.2; where it is none, asks for <c>CLIENT LIST</c>, which has
    /// the same lines.
    /// </summary>
    public static async Task<ClientIdentity> ReadAsync(RespConversation conversation, CancellationToken cancellation)
    {
        var info = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        if (info.Kind == RespKind.BulkString && Parse(info.AsString()) is { } identity) return identity;

        await conversation.SendAsync([["CLIENT", "ID"], ["CLIENT", "LIST"]], cancellation).ConfigureAwait(false);
        var id = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        var list = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        if (id.Kind != RespKind.Integer) return Unknown;
        var lines = list.Kind == RespKind.BulkString ? list.AsString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        return lines.Select(Parse).FirstOrDefault(line => line?.Id == id.AsInt64()) ?? new ClientIdentity(id.AsInt64(), null);
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

/// <summary>
/// Makes the connection of a dead link harmless on the server, so that nothing that still sits in its socket is executed after
/// what is sent on the new link.
/// </summary>
/// <remarks>
/// <c>CLIENT KILL ID n ADDR a</c> ends the client for which both hold. The number alone is not enough: a server that restarted
/// counts from 1 again, and the number may belong to a stranger by then.
/// https://redis.io/docs/latest/commands/client-kill/
/// </remarks>
internal static class Fence
{
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Ends that connection. Answers null when it is ended or was no longer there, otherwise why it could not be: the ACL
    /// forbids <c>CLIENT KILL</c>, mostly. A server that says "not now", since a script keeps it busy, is asked until it does it.
    /// </summary>
    public static async Task<string?> RaiseAsync(IRedisLink link, ClientIdentity former, CancellationToken cancellation)
    {
        if (former.Address is null) return "the server did not tell this client its own id and address";
        while (true)
        {
            try
            {
                await LinkQuery.AskAsync(link, "CLIENT", ["KILL", "ID", former.Id, "ADDR", former.Address], cancellation)
                    .ConfigureAwait(false);
                return null;
            }
            catch (ServerErrorException error) when (RetryableErrors.Classify(error.Message) == ServerErrorKind.Retry)
            {
                await Task.Delay(BusyWait, cancellation).ConfigureAwait(false);
            }
            catch (ServerErrorException error)
            {
                return error.Message;
            }
        }
    }
}
