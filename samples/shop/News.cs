using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using RedisActors;
using RedisActors.Hosting;
using RedisActors.Streams;

namespace Shop;

/// <summary>What is published on a channel, for browsers. All of them share one subscription on the server.</summary>
public sealed class News(RedisClient redis, ActorSystem system, IHostApplicationLifetime lifetime)
{
    internal const string Channel = "news";

    /// <summary>Goes on until the browser leaves or the shop closes; after an outage it says that something may be missing.</summary>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        var actor = await redis.GetActorAsync(end.Token);
        await using var news = RedisSource.SubscriptionWithGaps(actor, RedisSubscriptionOptions.Channel(Channel))
            .RunAsAsyncEnumerable(system.Materializer())
            .GetAsyncEnumerator(end.Token);
        yield return "The news of the shop";
        while (await NextAsync(news))
        {
            if (news.Current is RedisMessage message) yield return $"{message.Payload}";
            if (news.Current is RedisSubscriptionResumed gap) yield return $"Redis was away from {gap.From:T} to {gap.To:T}: news may be missing";
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<IRedisMessage> news)
    {
        try
        {
            return await news.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
