using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Benchmarks.Throughput;
using RedisActors.Testing;
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

    private readonly RedisServer _server;
    private readonly RedisProbe _publisher;
    private readonly ActorSystem _system;
    private readonly IActorRef _redis;
    private readonly ConnectionMultiplexer _plain;
    private readonly string _payload;

    private SubscriptionRow(RedisServer server, RedisProbe publisher, ActorSystem system, ConnectionMultiplexer plain, int bytes)
    {
        _server = server;
        _publisher = publisher;
        _system = system;
        _redis = RedisExtension.Get(system).RedisActor;
        _plain = plain;
        _payload = new string('x', bytes);
    }

    public static async Task<SubscriptionRow> StartAsync(int bytes)
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var system = ActorSystem.Create("sessions", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            redis-actors.default.endpoint = "{{server.Endpoint}}"
            """));
        return new SubscriptionRow(
            server, await server.ConnectAsync(), system, await ConnectionMultiplexer.ConnectAsync(server.Endpoint), bytes);
    }

    public async Task<Figures> OursAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        var subscriber = _system.ActorOf(Props.Create(() => new Subscriber(counter)));
        await _redis.Ask<RedisSubscribed>(new Subscribe("ours", subscriber), Patience);
        var figures = await counter.MeasureAsync(time => PublishAsync("ours", counter, time), measured);
        _redis.Tell(new Unsubscribe("ours", subscriber));
        await subscriber.GracefulStop(Patience);
        return figures;
    }

    public async Task<Figures> PlainAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        var subscriber = _plain.GetSubscriber();
        await subscriber.SubscribeAsync(RedisChannel.Literal("plain"), (_, _) => counter.Add());
        var figures = await counter.MeasureAsync(time => PublishAsync("plain", counter, time), measured);
        await subscriber.UnsubscribeAsync(RedisChannel.Literal("plain"));
        return figures;
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _plain.DisposeAsync();
        await _publisher.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Publishes for so long, and returns when everything has been read.</summary>
    private async Task PublishAsync(string channel, MessageCounter counter, TimeSpan time)
    {
        var published = counter.Count;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time;)
        {
            await counter.ReachAsync(published - MostUnread, Patience);
            var reply = await _publisher.ExecuteAsync("EVAL", Script, "0", _payload, AtOnce.ToString(CultureInfo.InvariantCulture), channel);
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
