using System.Diagnostics;
using System.Globalization;

namespace RedisActors.Connection;

/// <summary>
/// Finds out what a server is: a connection, the handshakes that the settings ask for, and everything that is to be known of it, asked
/// in one go.
/// </summary>
/// <param name="clientName">The name that the connection is to have on the server; null: it is only for a look.</param>
internal sealed class ServerProbe(string? clientName)
{
    private const string LibraryName = "RedisActors";

    /// <summary>
    /// Waits until the server answers, for as long as it takes or the token allows. An error will do as an answer where it does not
    /// refuse this client. Throws <see cref="RedisLinkException"/> where there is no server, or none that works yet, and
    /// <see cref="MisconfiguredException"/> where waiting will not help.
    /// </summary>
    public Task<FoundServer> OpenAsync(ServerAddress server, ServerAccess access, CancellationToken cancellation)
    {
        List<string[]> questions = [["PING"], ["ROLE"]];
        if (access.Database != 0) questions.Add(["SELECT", access.Database.ToString(CultureInfo.InvariantCulture)]);
        if (clientName is not null)
        {
            questions.AddRange([
                ["CLIENT", "SETNAME", clientName],
                ["CLIENT", "SETINFO", "LIB-NAME", LibraryName],
                ["INFO", "server"],
                ["INFO", "memory"],
                ["INFO", "stats"],
                ["INFO", "replication"],
                ["TIME"],
                ["CLIENT", "INFO"]]);
        }

        return ServerDialogue.BeginAsync(
            server, access, questions, conversation => ReadAsync(conversation, server, access, cancellation), cancellation);
    }

    private async Task<FoundServer> ReadAsync(
        RespConversation conversation, ServerAddress server, ServerAccess access, CancellationToken cancellation)
    {
        var pong = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        if (pong.Kind == RespKind.Error)
        {
            if (ServerRefusal.OfQuestion(server, access, "PING", pong.AsString()!) is { } refusal) throw refusal;
        }
        else if (pong.Kind != RespKind.SimpleString)
        {
            throw new NotRespException(pong.ToString());
        }

        var role = ServerRoles.Parse(await conversation.ReadAsync(cancellation).ConfigureAwait(false));
        if (access.Database != 0)
        {
            // What is sent to this connection must run in this database and in no other.
            var selected = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
            if (selected.Kind == RespKind.Error) throw ServerRefusal.OfDatabase(server, access, selected.AsString()!);
        }

        if (clientName is null) return new FoundServer(server, access, conversation) { Role = role };

        // Neither name is needed: the ACL may forbid them, and the second came with Redis 7.2.
        await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        var info = await ReadInfoAsync().ConfigureAwait(false);
        var memory = await ReadInfoAsync().ConfigureAwait(false);
        var stats = await ReadInfoAsync().ConfigureAwait(false);
        var replication = await ReadInfoAsync().ConfigureAwait(false);
        var clock = ServerClock.Parse(await conversation.ReadAsync(cancellation).ConfigureAwait(false), conversation.SentAt, Stopwatch.GetTimestamp());
        return new FoundServer(server, access, conversation)
        {
            Role = role,
            Product = ServerProduct.Parse(info),
            Eviction = ServerEviction.Parse(info, memory, stats, replication),
            Clock = clock,
            IsClusterNode = info.Contains("redis_mode:cluster", StringComparison.Ordinal),
            Identity = await ClientIdentity.ReadAsync(conversation, cancellation).ConfigureAwait(false),
        };

        // A section that the ACL refuses is empty. "Not now" is no refusal: what is not known now would stay so for the whole link.
        async Task<string> ReadInfoAsync()
        {
            var reply = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
            if (reply.Kind == RespKind.Error && ServerRefusal.OfNow(server, access, reply.AsString()!) is { } notNow) throw notNow;
            return reply.Kind == RespKind.BulkString ? reply.AsString()! : string.Empty;
        }
    }
}
