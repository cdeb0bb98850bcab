using Akka.Actor;

namespace RedisActors.Lanes;

/// <summary>
/// Waits for the answers of all lanes and sends the asker their sum. Lanes that do not answer in time are left out.
/// </summary>
internal sealed class LaneAnswers<T> : ReceiveActor
    where T : class
{
    private readonly List<T> _answers = [];

    private readonly IActorRef _asker;
    private readonly Func<IReadOnlyList<T>, T> _sum;
    private readonly IActorRef _redis = Context.Parent;

    public LaneAnswers(int lanes, IActorRef asker, Func<IReadOnlyList<T>, T> sum, TimeSpan? patience)
    {
        _asker = asker;
        _sum = sum;
        if (patience is { } time) Context.SetReceiveTimeout(time);
        Receive<T>(answer =>
        {
            _answers.Add(answer);
            if (_answers.Count == lanes) End();
        });
        Receive<ReceiveTimeout>(_ => End());
    }

    /// <param name="lanes">How many lanes are asked.</param>
    /// <param name="asker">Receives the sum.</param>
    /// <param name="sum">Sums the answers up.</param>
    /// <param name="patience">How long to wait for each; null: forever.</param>
    public static Props Props(int lanes, IActorRef asker, Func<IReadOnlyList<T>, T> sum, TimeSpan? patience) =>
        Akka.Actor.Props.Create(() => new LaneAnswers<T>(lanes, asker, sum, patience));

    private void End()
    {
        _asker.Tell(
            _answers.Count > 0 ? _sum(_answers) : new Status.Failure(new TimeoutException("no lane answered in time")), _redis);
        Context.Stop(Self);
    }
}

/// <summary>Sums up the answers of several lanes.</summary>
internal static class LaneSums
{
    /// <summary>The totals of what is stashed and in flight, and the worst state of any lane.</summary>
    /// <param name="lanes">The answers.</param>
    /// <param name="counts">Whether the state of the lane with this number counts: lanes of other databases come and go.</param>
    public static RedisStatus Of(IReadOnlyList<RedisStatus> lanes, Func<int, bool> counts) => new(
        lanes.Where(lane => lane.State is null || counts(lane.State.Lane)).MaxBy(lane => HowBad(lane.State))?.State,
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
