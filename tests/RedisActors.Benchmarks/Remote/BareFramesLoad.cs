using System.Runtime.CompilerServices;
using Akka.Actor;
using RedisActors.AkkaCluster;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Remote;

/// <summary>
/// What Akka.Remote leaves possible: bytes as many as full frames are go to the other node and come back, without a command in them, and there as
/// many commands are told to the RedisActor as would have been in them. What a <see cref="RemoteRedis"/> does beside that is left out.
/// </summary>
internal sealed class BareFramesLoad : ILoad
{
    /// <summary>At least so many frames share the window.</summary>
    private const int FewestFrames = 8;

    private const string Stop = "stop";

    private readonly TaskCompletionSource _stopped = new();
    private readonly IActorRef _asker;
    private readonly StrongBox<long> _answered = new();

    public BareFramesLoad(RemoteStage stage, DeliveryMode delivery, LoadShape shape)
    {
        var (set, get) = (CommandOf(0, shape.Work, delivery), CommandOf(1, shape.Work, delivery));
        var full = FrameSize.MaxBatch(int.MaxValue) / ((FrameSize.Of(get) + FrameSize.Of(set)) / 2);
        var commands = (int)Math.Max(1, Math.Min(full, shape.InFlight / FewestFrames));
        var numbers = Enumerable.Range(1_000_000, commands).ToList();
        var (ok, value) = (RespValue.SimpleString("OK"), RespValue.BulkString(shape.Work.Value));
        var until = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var request = stage.Serving.Serialization.Serialize(new CommandFrame(
            1, 1, 1, 1, false, [.. numbers.Select(i => new RemoteRequest(i, until, i % 2 == 0 ? set : get))]));
        var answer = stage.Serving.Serialization.Serialize(new AnswerFrame(
            1, 1, 1, 1, false, until, RemoteServing.Ready, [.. numbers.Select(i => new RemoteAnswer(i, RemoteAnswerKind.Applied, i % 2 == 0 ? ok : value))]));
        var redis = RedisExtension.Get(stage.Serving).RedisActor;
        var props = Props.Create(() => new ThereActor(redis, delivery, shape.Work, commands, answer));
        var there = Enumerable.Range(0, shape.InFlight / commands).Select(_ => stage.Seen(stage.Serving.ActorOf(props))).ToList();
        _asker = stage.System.ActorOf(Props.Create(() => new HereActor(there, request, commands, _answered, _stopped)));
    }

    public long Answered => Volatile.Read(ref _answered.Value);

    public Task StopAsync()
    {
        _asker.Tell(Stop);
        return _stopped.Task;
    }

    private static RedisCommand CommandOf(int i, Work work, DeliveryMode delivery) => i % 2 == 0
        ? new RedisCommand("SET", Work.KeyOf(i / 2), work.Value) { Delivery = delivery }
        : new RedisCommand("GET", Work.KeyOf(i / 2)) { Delivery = delivery };

    /// <summary>On the node that sends: a frame's bytes for each that come back.</summary>
    private sealed class HereActor : ReceiveActor
    {
        private readonly IReadOnlyList<IActorRef> _there;
        private readonly byte[] _frame;
        private readonly TaskCompletionSource _stopped;

        public HereActor(IReadOnlyList<IActorRef> there, byte[] frame, int commands, StrongBox<long> answered, TaskCompletionSource stopped)
        {
            (_there, _frame, _stopped) = (there, frame, stopped);
            var (underWay, stops) = (there.Count, false);
            Receive<byte[]>(_ =>
            {
                Volatile.Write(ref answered.Value, answered.Value + commands);
                if (!stops) Sender.Tell(_frame);
                else if (--underWay == 0) Context.Stop(Self);
            });
            Receive<string>(_ => stops = true);
        }

        protected override void PreStart()
        {
            foreach (var one in _there) one.Tell(_frame);
        }

        protected override void PostStop()
        {
            foreach (var one in _there) one.Tell(PoisonPill.Instance);
            _stopped.SetResult();
        }
    }

    /// <summary>On the node that serves: the commands of one frame after the other.</summary>
    private sealed class ThereActor : ReceiveActor
    {
        private IActorRef _asker = ActorRefs.Nobody;
        private int _left;

        public ThereActor(IActorRef redis, DeliveryMode delivery, Work work, int commands, byte[] answer)
        {
            Receive<byte[]>(_ =>
            {
                (_asker, _left) = (Sender, commands);

                // As with many senders: what reads does not stand between all that write.
                for (var first = 0; first < 2; first++)
                {
                    for (var i = first; i < commands; i += 2) redis.Tell(CommandOf(i, work, delivery));
                }
            });
            Receive<RedisReply>(_ =>
            {
                if (--_left == 0) _asker.Tell(answer);
            });
        }
    }
}
