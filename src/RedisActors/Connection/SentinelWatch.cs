using System.Globalization;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Listens to all known sentinels for as long as a link lives, and says when one of them tells that another server has become the
/// primary.
/// </summary>
internal sealed class SentinelWatch : IDisposable
{
    private const string Channel = "+switch-master";

    /// <summary>How long to wait until a sentinel is tried again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long a sentinel may be quiet until it is asked whether it is there, and how long it may take over that.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly string _service;
    private readonly ServerAccess _access;
    private readonly FoundServer _server;
    private readonly CancellationTokenSource _end = new();
    private Action<string>? _onMoved;

    public SentinelWatch(
        string service, ServerAccess access, IReadOnlyList<RedisEndpoint> sentinels, FoundServer server, Action<string> onMoved)
    {
        _service = service;
        _access = access;
        _server = server;
        _onMoved = onMoved;
        foreach (var sentinel in sentinels) _ = Task.Run(() => WatchAsync(sentinel));
    }

    public void Dispose()
    {
        _onMoved = null;
        _end.Cancel();
    }

    private async Task WatchAsync(RedisEndpoint sentinel)
    {
        try
        {
            while (true)
            {
                try
                {
                    var servers = await ServerAddress.ResolveAsync(sentinel, _end.Token).ConfigureAwait(false);
                    using var conversation = await FirstSuccess.AskAsync(servers, SubscribeAsync, _end.Token).ConfigureAwait(false);
                    await ListenAsync(sentinel, conversation).ConfigureAwait(false);
                }
                catch (Exception) when (!_end.IsCancellationRequested)
                {
                    // Whatever it was, this sentinel is listened to again soon, and the others meanwhile.
                }

                await Task.Delay(RetryAfter, _end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The link has ended.
        }
    }

    private Task<RespConversation> SubscribeAsync(ServerAddress sentinel, CancellationToken cancellation) => ServerDialogue.BeginAsync(
        sentinel,
        _access,
        [["SUBSCRIBE", Channel]],
        async conversation =>
        {
            var welcome = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
            return welcome.Kind == RespKind.Error ? throw new RedisLinkException($"{sentinel} refuses SUBSCRIBE: {welcome}") : conversation;
        },
        cancellation);

    private async Task ListenAsync(RedisEndpoint sentinel, RespConversation conversation)
    {
        await CatchUpAsync(sentinel).ConfigureAwait(false);
        while (true)
        {
            var news = await ReadAsync(conversation).ConfigureAwait(false);
            if (news.Kind != RespKind.Array || news.AsArray() is not [_, _, var text] || text.AsString() is not { } message) continue;
            if (message.Split(' ') is [var service, _, _, var host, var port]
                && service == _service
                && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                TellIfOther(new RedisEndpoint(host, number));
            }
        }
    }

    /// <summary>It may have happened before this sentinel was listened to. What it says may also be older than what is known.</summary>
    private async Task CatchUpAsync(RedisEndpoint sentinel)
    {
        var opinion = await SentinelQuery.AskAsync(sentinel, _access, _service, _end.Token).ConfigureAwait(false);
        if (opinion.Primary is { } primary && opinion.ConfigEpoch > _server.ConfigEpoch) TellIfOther(primary);
    }

    /// <summary>The next message; one that does not come is asked for, since a dead network looks like a sentinel without news.</summary>
    private async Task<RespValue> ReadAsync(RespConversation conversation)
    {
        var next = conversation.ReadAsync(_end.Token);
        FirstSuccess.Observe(next);
        if (!await ComesInTimeAsync(next).ConfigureAwait(false))
        {
            await conversation.SendAsync([["PING"]], _end.Token).ConfigureAwait(false);
            if (!await ComesInTimeAsync(next).ConfigureAwait(false)) throw new RedisLinkException("the sentinel has fallen silent");
        }

        return await next.ConfigureAwait(false);
    }

    private async Task<bool> ComesInTimeAsync(Task<RespValue> next)
    {
        var first = await Task.WhenAny(next, Task.Delay(Quiet, _end.Token)).ConfigureAwait(false);
        _end.Token.ThrowIfCancellationRequested();
        return first == next;
    }

    private void TellIfOther(RedisEndpoint primary)
    {
        if (primary == _server.Server.Endpoint) return;
        Interlocked.Exchange(ref _onMoved, null)
            ?.Invoke($"the sentinels have made {primary} the primary in the place of {_server.Server.Endpoint}");
    }
}
