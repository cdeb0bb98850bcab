using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using RedisActors.Benchmarks.Throughput;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>
/// Messages of one channel: to an actor that subscribes, and to a handler of the plain client's <c>ISubscriber</c>. The server publishes
/// them itself, from a script, and never more than a few thousand ahead of whoever reads.
/// </summary>
internal sealed class SubscriptionRow : ISessionRow
{
    private const int AtOnce = 1_000;
    private const int MostUnread = 8 * AtOnce;
    private const string Script = "for i = 1, tonumber(ARGV[2]) do redis.call('PUBLISH', ARGV[3], ARGV[1]) end";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SessionStage _stage;
    private readonly string _payload;

    private SubscriptionRow(SessionStage stage, int bytes)
    {
        _stage = stage;
        _payload = new string('x', bytes);
    }

    public static async Task<SubscriptionRow> StartAsync(int bytes)
    {
        var stage = await SessionStage.StartAsync();
        return new SubscriptionRow(stage, bytes);
    }

    public async Task<Figures> OursAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        var subscriber = _stage.System.ActorOf(Props.Create(() => new Subscriber(counter)));
        await _stage.Redis.Ask<RedisSubscribed>(new Subscribe("ours", subscriber), Patience);
        var figures = await counter.MeasureAsync(time => PublishAsync("ours", counter, time), measured);
        _stage.Redis.Tell(new Unsubscribe("ours", subscriber));
        await subscriber.GracefulStop(Patience);
        return figures;
    }

    public async Task<Figures> PlainAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        var subscriber = _stage.Plain.GetSubscriber();
        await subscriber.SubscribeAsync(RedisChannel.Literal("plain"), (_, _) => counter.Add());
        var figures = await counter.MeasureAsync(time => PublishAsync("plain", counter, time), measured);
        await subscriber.UnsubscribeAsync(RedisChannel.Literal("plain"));
        return figures;
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    /// <summary>Publishes for so long, and returns when everything has been read.</summary>
    private async Task PublishAsync(string channel, MessageCounter counter, TimeSpan time)
    {
        var published = counter.Count;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time;)
        {
            await counter.ReachAsync(published - MostUnread, Patience);
            var reply = await _stage.Producer.ExecuteAsync("EVAL", Script, "0", _payload, AtOnce.ToString(CultureInfo.InvariantCulture), channel);
            reply.OrThrow();
            published += AtOnce;
        }

        await counter.ReachAsync(published, Patience);
    }

    private sealed class Subscriber : UntypedActor
    {
        private readonly MessageCounter _counter;

        public Subscriber(MessageCounter counter) => _counter = counter;

        protected override void OnReceive(object message)
        {
            if (message is RedisMessage) _counter.Add();
        }
    }
}
