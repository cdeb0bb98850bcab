using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.RedisCluster;

/// <summary>Reads the slot map from several nodes in parallel, each over a short-lived connection of its own.</summary>
internal static class RedisClusterQuery
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long the others may still take after the first has answered, so that a stopped node delays nothing.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(50);

    /// <summary>The map according to the nodes that answer. Throws <see cref="RedisLinkException"/> if none does.</summary>
    public static async Task<RedisClusterMap> AskAsync(IEnumerable<RedisEndpoint> nodes, ServerAccess access)
    {
        using var enough = new CancellationTokenSource(Patience);
        var answers = nodes.Distinct().Select(node => AskAsync(node, access, enough.Token)).ToList();
        var views = new List<IReadOnlyList<RedisClusterNode>>();
        var errors = new List<string>();
        while (answers.Count > 0)
        {
            var answer = await Task.WhenAny(answers).ConfigureAwait(false);
            answers.Remove(answer);
            try
            {
                views.Add(await answer.ConfigureAwait(false));
                enough.CancelAfter(Courtesy);
            }
            catch (RedisLinkException error)
            {
                errors.Add(ServerRefusal.Shown(error.Message, access));
            }
            catch (OperationCanceledException)
            {
                errors.Add($"no answer within {Patience.TotalMilliseconds} ms");
            }
        }

        return views.Count > 0 ? RedisClusterMap.Of(views) : throw new RedisLinkException(string.Join("; ", errors.Distinct()));
    }

    private static async Task<IReadOnlyList<RedisClusterNode>> AskAsync(RedisEndpoint node, ServerAccess access, CancellationToken cancellation)
    {
        var server = (await ServerAddress.ResolveAsync(node, cancellation).ConfigureAwait(false))[0];
        using var conversation = await RespConversation.OpenAsync(server, access.Tls, cancellation).ConfigureAwait(false);
        string[] question = ["CLUSTER", "NODES"];
        await conversation.SendAsync(access.Auth is { } auth ? [auth, question] : [question], cancellation).ConfigureAwait(false);
        if (access.Auth is not null) await ReadAsync(conversation, server, cancellation).ConfigureAwait(false);
        var answer = await ReadAsync(conversation, server, cancellation).ConfigureAwait(false);
        return RedisClusterNode.ParseAll(answer.AsString() ?? string.Empty, node, preferNames: access.Tls is not null);
    }

    private static async Task<RespValue> ReadAsync(RespConversation conversation, ServerAddress server, CancellationToken cancellation)
    {
        var answer = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        return answer.Kind == RespKind.Error ? throw new RedisLinkException($"{server} answered: {answer.AsString()}") : answer;
    }
}
