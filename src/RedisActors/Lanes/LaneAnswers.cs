using Akka.Actor;

namespace RedisActors.Lanes;

/// <summary>Waits until each lane has answered, and tells the one who asked what the answers come to.</summary>
internal sealed class LaneAnswers<T> : ReceiveActor
    where T : class
{
    private readonly List<T> _answers = [];

    public LaneAnswers(int lanes, IActorRef asker, Func<IReadOnlyList<T>, T> sum)
    {
        var redis = Context.Parent;
        Receive<T>(answer =>
        {
            _answers.Add(answer);
            if (_answers.Count < lanes) return;
            asker.Tell(sum(_answers), redis);
            Context.Stop(Self);
        });
    }

    public static Props Props(int lanes, IActorRef asker, Func<IReadOnlyList<T>, T> sum) =>
        Akka.Actor.Props.Create(() => new LaneAnswers<T>(lanes, asker, sum));
}

/// <summary>What the answers of several lanes come to.</summary>
internal static class LaneSums
{
    /// <summary>What waits and is under way in all of them, and the state of the one that is worst off.</summary>
    public static RedisStatus Of(IReadOnlyList<RedisStatus> lanes) => new(
        lanes.MaxBy(lane => HowBad(lane.State))!.State,
        lanes.Sum(lane => lane.InFlight),
        lanes.Sum(lane => lane.Stashed));

    public static DrainedCommands Of(IReadOnlyList<DrainedCommands> lanes) => new(lanes.Sum(lane => lane.Unfinished));

    private static int HowBad(RedisConnectionEvent? state) => state switch
    {
        RedisReady => 0,
        RedisConnecting or null => 1,
        RedisLost => 2,
        RedisBackingOff { Misconfigured: false } => 3,
        RedisBackingOff => 4,
        RedisSuspended => 5,
        _ => 6,
    };
}
