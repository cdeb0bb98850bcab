using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.CommandMetadata;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Sessions;

/// <summary>What tests of blocking commands share: a server that can tell how many clients are blocked.</summary>
public abstract class SessionsSpec : ServerSpec
{
    protected static Task<RedisReply> SendAsync(IActorRef redis, string line, CancellationToken cancellation = default) =>
        redis.ExecuteAsync(Words.Command(line), cancellation);

    protected async Task<ProbeReply> OnServerAsync(string line) => (await Server.ExecuteAsync(Words.Of(line))).OrThrow();

    protected async Task<int> BlockedAsync()
    {
        var info = (await Server.ExecuteAsync("INFO", "clients")).Text.Split("\r\n");
        return int.Parse(info.Single(line => line.StartsWith("blocked_clients:", StringComparison.Ordinal)).Split(':')[1]);
    }

    /// <summary>Waits until so many clients are blocked. In the moment between two slices there is one less.</summary>
    protected Task BlockedAsync(int count) => EventuallyAsync(async () => await BlockedAsync() == count);

    protected async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(2, patience.Token);
    }

    /// <summary>A reply as a <see cref="ProbeReply"/> shows it.</summary>
    protected static string Text(RespValue value) => value.Kind switch
    {
        RespKind.Null => "(nil)",
        RespKind.Array => $"[{string.Join(", ", value.AsArray().Select(Text))}]",
        _ => value.AsString()!,
    };
}
