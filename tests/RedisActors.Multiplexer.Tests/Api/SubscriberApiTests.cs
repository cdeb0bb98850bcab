using System.Threading.Channels;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>Every method of <see cref="ISubscriber"/>, likewise: each in a scenario, since what it does shows in others.</summary>
public sealed class SubscriberApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly RedisChannel News = RedisChannel.Literal("news");
    private static readonly RedisChannel AllNews = RedisChannel.Pattern("new*");
    private static readonly RedisChannel ShardNews = RedisChannel.Sharded("shard news");

    /// <summary>The methods that a scenario calls, and what they show.</summary>
    private static readonly Dictionary<string, Func<Scenario, Task>> Scenarios = new()
    {
        ["Subscribe Publish Unsubscribe"] = async s =>
        {
            s.Subscriber.Subscribe(News, s.Take);
            s.Subscriber.Subscribe(AllNews, s.Take);
            s.Tell(s.Subscriber.Publish(News, "one"));
            await s.TakenAsync(2);
            s.Subscriber.Unsubscribe(AllNews);
            s.Tell(s.Subscriber.Publish(News, "two"));
            await s.TakenAsync(1);
            s.Subscriber.Unsubscribe(News, s.Take);
            await s.UnheardAsync(News);
        },
        ["SubscribeAsync PublishAsync UnsubscribeAsync"] = async s =>
        {
            await s.Subscriber.SubscribeAsync(News, s.Take);
            await s.Subscriber.SubscribeAsync(ShardNews, s.Take);
            s.Tell(await s.Subscriber.PublishAsync(News, Samples.Binary));
            await s.TakenAsync(1);
            s.Tell(await s.Subscriber.PublishAsync(ShardNews, "sharded"));
            await s.TakenAsync(1);
            await s.Subscriber.UnsubscribeAsync(ShardNews);
            await s.Subscriber.UnsubscribeAsync(News);
            await s.UnheardAsync(News);
            await s.UnheardAsync(ShardNews);
        },
        ["Subscribe SubscribeAsync UnsubscribeAll"] = async s =>
        {
            var queue = s.Subscriber.Subscribe(News);
            var other = await s.Subscriber.SubscribeAsync(AllNews);
            s.Tell(s.Subscriber.Publish(News, "queued"));
            s.Tell((await queue.ReadAsync()).ToString());
            s.Tell((await other.ReadAsync()).ToString());
            s.Subscriber.UnsubscribeAll();
            await s.UnheardAsync(News);
            s.Tell(queue.Completion.IsCompleted);
        },
        ["UnsubscribeAllAsync"] = async s =>
        {
            for (var i = 0; i < 20; i++) await s.Subscriber.SubscribeAsync(RedisChannel.Literal($"channel {i}"), s.Take);
            s.Tell(await s.Subscriber.PublishAsync(RedisChannel.Literal("channel 19"), "heard"));
            await s.TakenAsync(1);
            await s.Subscriber.UnsubscribeAllAsync();
            await s.UnheardAsync(RedisChannel.Literal("channel 19"));
        },
        ["IsConnected SubscribedEndpoint IdentifyEndpoint IdentifyEndpointAsync"] = async s =>
        {
            s.Tell(s.Subscriber.IsConnected());
            s.Tell(s.Subscriber.SubscribedEndpoint(News));
            await s.Subscriber.SubscribeAsync(News, s.Take);
            s.Tell(s.Subscriber.IsConnected(News));
            s.Tell(s.Subscriber.SubscribedEndpoint(News));
            s.Tell(s.Subscriber.IdentifyEndpoint(News));
            s.Tell(await s.Subscriber.IdentifyEndpointAsync(News));
            await s.Subscriber.UnsubscribeAllAsync();
        },
        ["Ping PingAsync"] = async s =>
        {
            s.Tell(s.Subscriber.Ping() > TimeSpan.Zero);
            await s.Subscriber.SubscribeAsync(News, s.Take);
            s.Tell(await s.Subscriber.PingAsync() > TimeSpan.Zero);
            await s.Subscriber.UnsubscribeAllAsync();
        },
#pragma warning disable SER308 // the tasks have completed
        ["TryWait Wait WaitAll"] = s =>
        {
            s.Tell(s.Subscriber.TryWait(Task.CompletedTask));
            s.Subscriber.Wait(Task.CompletedTask);
            s.Tell(s.Subscriber.Wait(Task.FromResult(7)));
            s.Subscriber.WaitAll(Task.CompletedTask);
            return Task.CompletedTask;
        },
#pragma warning restore SER308
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Fact]
    public void Every_method_has_a_scenario()
    {
        var called = Scenarios.Keys.SelectMany(names => names.Split(' ')).ToHashSet();

        var missing = ApiMethods.Of(typeof(ISubscriber)).Where(method => !method.IsSpecialName && !called.Contains(method.Name));

        Assert.Empty(missing.Select(ApiMethods.NameOf));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_scenario_shows_the_same(string name)
    {
        var plain = await SeeAsync(name, server.Plain);
        var ours = await SeeAsync(name, server.Ours);

        Assert.Equal(plain, ours);
    }

    private static async Task<string> SeeAsync(string name, IConnectionMultiplexer client)
    {
        var scenario = new Scenario(client.GetSubscriber());
        await Scenarios[name](scenario).WaitAsync(TimeSpan.FromSeconds(20));
        return scenario.Seen;
    }

    private sealed class Scenario(ISubscriber subscriber)
    {
        private readonly Channel<string> _taken = Channel.CreateUnbounded<string>();
        private readonly List<string> _seen = [];

        public ISubscriber Subscriber => subscriber;

        public string Seen => string.Join('\n', _seen);

        /// <summary>A handler of messages.</summary>
        public void Take(RedisChannel channel, RedisValue message) => _taken.Writer.TryWrite($"{channel}: {ResultText.Of(message)}");

        public void Tell(object? result) => _seen.Add(ResultText.Of(result));

        /// <summary>Nobody subscribes any longer; the server may have been told a moment after the subscriber.</summary>
        public Task UnheardAsync(RedisChannel channel) => Eventually.HoldsAsync(async () => await subscriber.PublishAsync(channel, "nobody hears") == 0);

        /// <summary>Tells so many messages, in whatever order their handlers were called.</summary>
        public async Task TakenAsync(int count)
        {
            var messages = new List<string>();
            while (messages.Count < count) messages.Add(await _taken.Reader.ReadAsync());
            _seen.AddRange(messages.Order(StringComparer.Ordinal));
        }
    }
}
