using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>A few actors that tell a RedisActor without a server all their commands; they wait in its stash.</summary>
internal sealed class OurDrain : IDrainClient
{
    private const int Senders = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ThroughputRow _row;
    private readonly ActorSystem _system;
    private readonly IActorRef _redis;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<long>[] _answers = [];

    private OurDrain(RedisServer server, ThroughputRow row, int stashed)
    {
        _row = row;
        _system = ActorSystem.Create("drain", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            redis-actors.default {
              endpoint = "{{server.Endpoint}}"
              command-timeout = 10m
              stash { max-count = {{stashed}}, max-bytes = 8GiB }
            }
            """));
        _redis = RedisExtension.Get(_system).RedisActor;
        _redis.Tell(new SubscribeToState(_system.ActorOf(Props.Create(() => new Watcher(_ready, _lost)))));
    }

    public static async Task<IDrainClient> ConnectAsync(RedisServer server, ThroughputRow row, int stashed)
    {
        var client = new OurDrain(server, row, stashed);
        await client._ready.Task.WaitAsync(Patience);
        return client;
    }

    public ILoad Start(LoadShape shape) => _row.Start(new OurSide(_system, ["default"]), [], shape);

    public Task LostAsync() => _lost.Task.WaitAsync(Patience);

    public async Task SendAsync(int commands)
    {
        var work = new Work(3);
        var senders = Math.Min(Senders, commands);
        TaskCompletionSource<long>[] answers =
            [.. Enumerable.Range(0, senders).Select(_ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously))];
        for (var i = 0; i < senders; i++)
        {
            var (share, answer) = (commands / senders + (i < commands % senders ? 1 : 0), answers[i]);
            _system.ActorOf(Props.Create(() => new SenderActor(_redis, _row.Told!.Value, work.Value, share, answer)));
        }

        _answers = [.. answers.Select(answer => answer.Task)];
        var began = Stopwatch.GetTimestamp();
        while ((await _redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed < commands)
        {
            // One that fails says why nothing more comes.
            if (_answers.FirstOrDefault(answer => answer.IsCompleted) is { } early) await early;
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException("The commands are not in the stash.");
            await Task.Delay(10);
        }
    }

    public async Task<long> DrainedAsync()
    {
        var last = await Task.WhenAll(_answers).WaitAsync(Patience);
        return last.Max();
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        _system.Dispose();
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(TaskCompletionSource ready, TaskCompletionSource lost)
        {
            Receive<RedisReady>(_ => ready.TrySetResult());
            Receive<RedisLost>(_ => lost.TrySetResult());
            ReceiveAny(static _ => { });
        }
    }

    /// <summary>Tells all its commands at once and checks each answer.</summary>
    private sealed class SenderActor : ReceiveActor
    {
        private readonly IActorRef _redis;
        private readonly DeliveryMode _delivery;
        private readonly RedisValue _value;
        private readonly int _commands;
        private readonly TaskCompletionSource<long> _answer;
        private int _answered;

        public SenderActor(
            IActorRef redis, DeliveryMode delivery, RedisValue value, int commands, TaskCompletionSource<long> answer)
        {
            _redis = redis;
            _delivery = delivery;
            _value = value;
            _commands = commands;
            _answer = answer;
            Receive<RedisReply>(OnReply);
            Receive<Status.Failure>(failure => Fail(failure.Cause));
        }

        protected override void PreStart()
        {
            for (var i = 0; i < _commands; i++)
            {
                RedisValue key = Work.KeyOf(i / 2);
                _redis.Tell(i % 2 == 0
                    ? new RedisCommand("SET", key, _value) { State = Expected.Ok, Delivery = _delivery }
                    : new RedisCommand("GET", key) { State = Expected.Value });
            }
        }

        private void OnReply(RedisReply reply)
        {
            if (reply.Value.AsRedisValue() != (reply.State == Expected.Ok ? Work.Ok : _value))
            {
                Fail(new InvalidOperationException("Another reply was expected."));
                return;
            }

            if (++_answered < _commands) return;

            _answer.TrySetResult(Stopwatch.GetTimestamp());
            Context.Stop(Self);
        }

        private void Fail(Exception error)
        {
            _answer.TrySetException(error);
            Context.Stop(Self);
        }
    }

    /// <summary>The states of the commands, which say what their replies must be.</summary>
    private static class Expected
    {
        public static readonly object Ok = new();
        public static readonly object Value = new();
    }
}
