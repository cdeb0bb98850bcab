using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using RedisActors.Benchmarks.Throughput;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>
/// Entries of a stream: to the handler of a <see cref="RedisStreamConsumer"/>, and to a loop over the plain client that reads up to a hundred
/// and acknowledges them. The server adds the entries itself, from a script, a few thousand ahead.
/// </summary>
internal sealed class ConsumerRow : ISessionRow
{
    private const int Batch = 100;
    private const int AtOnce = 1_000;
    private const int MostAhead = 8 * AtOnce;
    private const string Script = "for i = 1, tonumber(ARGV[2]) do redis.call('XADD', KEYS[1], 'MAXLEN', '~', 100000, '*', 'f', ARGV[1]) end";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SessionStage _stage;
    private readonly string _value;

    private ConsumerRow(SessionStage stage, int bytes)
    {
        _stage = stage;
        _value = new string('x', bytes);
    }

    public static async Task<ConsumerRow> StartAsync(int bytes)
    {
        var stage = await SessionStage.StartAsync();
        await stage.Plain.GetDatabase().StreamCreateConsumerGroupAsync("plain", "group", "0", createStream: true);
        return new ConsumerRow(stage, bytes);
    }

    public async Task<Figures> OursAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        var handler = _stage.System.ActorOf(Props.Create(() => new Handler(counter)));
        var options = new RedisStreamConsumerOptions("ours", "group", "consumer") { MaxInHand = 2 * Batch };
        var consumer = _stage.System.ActorOf(RedisStreamConsumer.Props(_stage.Redis, options, handler));
        var figures = await counter.MeasureAsync(time => AddAsync("ours", counter, time), measured);
        await consumer.GracefulStop(Patience, StopConsuming.Instance);
        await handler.GracefulStop(Patience);
        return figures;
    }

    public async Task<Figures> PlainAsync(TimeSpan measured)
    {
        var counter = new MessageCounter();
        using var stopped = new CancellationTokenSource();
        var reading = ReadAsync(counter, stopped.Token);
        var figures = await counter.MeasureAsync(time => AddAsync("plain", counter, time), measured);
        await stopped.CancelAsync();
        await reading;
        return figures;
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task ReadAsync(MessageCounter counter, CancellationToken stopped)
    {
        var database = _stage.Plain.GetDatabase();
        while (!stopped.IsCancellationRequested)
        {
            var entries = await database.StreamReadGroupAsync("plain", "group", "consumer", ">", count: Batch);
            if (entries.Length == 0)
            {
                await Task.Delay(1, CancellationToken.None);
                continue;
            }

            foreach (var _ in entries) counter.Add();
            await database.StreamAcknowledgeAsync("plain", "group", [.. entries.Select(entry => entry.Id)]);
        }
    }

    /// <summary>Adds entries for so long, and returns when all have been handled.</summary>
    private async Task AddAsync(string stream, MessageCounter counter, TimeSpan time)
    {
        var added = counter.Count;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time;)
        {
            await counter.ReachAsync(added - MostAhead, Patience);
            var reply = await _stage.Producer.ExecuteAsync("EVAL", Script, "1", stream, _value, AtOnce.ToString(CultureInfo.InvariantCulture));
            reply.OrThrow();
            added += AtOnce;
        }

        await counter.ReachAsync(added, Patience);
    }

    private sealed class Handler : UntypedActor
    {
        private readonly MessageCounter _counter;

        public Handler(MessageCounter counter) => _counter = counter;

        protected override void OnReceive(object message)
        {
            if (message is not RedisStreamEntry entry) return;
            _counter.Add();
            Sender.Tell(entry.Acknowledge());
        }
    }
}
