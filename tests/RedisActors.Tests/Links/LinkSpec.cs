using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>A test of how links are made to real servers, without any actor.</summary>
public abstract class LinkSpec : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _servers = new();
    private readonly List<IDisposable> _links = [];

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var link in _links) link.Dispose();
        while (_servers.TryPop(out var server)) await server.DisposeAsync();
    }

    /// <summary>A server that ends with the test.</summary>
    internal async Task<RedisServer> StartServerAsync(RedisServerOptions? options = null) =>
        Keep(await RedisServer.StartAsync((options ?? new RedisServerOptions()) with { AppendOnly = false }));

    internal T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _servers.Push(server);
        return server;
    }

    internal static StackExchangeLinkFactory Links(string settings) => new(Hocon.Settings(settings).Link);

    /// <summary>Connects, and hears why the link is lost; it ends with the test.</summary>
    internal async Task<(IRedisLink Link, Task<string> Lost)> ConnectAsync(IRedisLinkFactory links)
    {
        try
        {
            return await TryAsync(links);
        }
        catch (RedisLinkException error) when (error.InnerException is OperationCanceledException && error.GetType() == typeof(RedisLinkException))
        {
            // On a busy machine the client now and then does not ask its last question in time. A supervisor would try again, too.
            return await TryAsync(links);
        }
    }

    private async Task<(IRedisLink Link, Task<string> Lost)> TryAsync(IRedisLinkFactory links)
    {
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var link = await links.ConnectAsync(cause => lost.TrySetResult(cause), CancellationToken.None).WaitAsync(Patience);
        _links.Add(link);
        return (link, lost.Task);
    }

    /// <summary>Connects with these settings and executes a command.</summary>
    internal async Task<RespValue> AskAsync(string settings, string name, params StackExchange.Redis.RedisValue[] arguments)
    {
        var (link, _) = await ConnectAsync(Links(settings));
        return await LinkQuery.AskAsync(link, name, arguments).WaitAsync(Patience);
    }

    /// <summary>The one sentence in which an attempt is refused for good.</summary>
    internal async Task<string> RefusalAsync(string settings) =>
        (await Assert.ThrowsAsync<MisconfiguredException>(() => ConnectAsync(Links(settings)))).Message;

    /// <summary>Why an attempt fails that may succeed later.</summary>
    internal async Task<string> SilenceAsync(string settings) =>
        (await Assert.ThrowsAsync<ServerSilentException>(() => ConnectAsync(Links(settings)))).Message;

    /// <summary>Looks until the server answers, or does no longer.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
