using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Lanes;
using RedisActors.Supervision;

namespace RedisActors;

/// <summary>
/// The address that users send to: <see cref="RedisCommand"/>, <see cref="SubscribeToState"/>, <see cref="UnsubscribeFromState"/>,
/// <see cref="GetStatus"/>, <see cref="ForceReconnect"/>, <see cref="PauseConnection"/>, <see cref="ResumeConnection"/> and
/// <see cref="DrainCommands"/>. It lives as long as the actor system, at <c>/user/redis</c>; its reference comes from
/// <see cref="RedisExtension"/>, or with Akka.Hosting from <c>IRequiredActor&lt;RedisActor&gt;</c>.
/// </summary>
/// <remarks>
/// Below it are its lanes, one unless the settings say otherwise: each a supervisor, which owns the connection, and an actor that
/// takes the commands. Should one of the two fail, both start anew together; commands that wait at that moment are answered first,
/// with what is true of each. Commands for one key always go the same lane; the order of commands that name keys of several lanes
/// holds for their first key.
/// </remarks>
public sealed class RedisActor : ReceiveActor
{
    private readonly RedisSettings _settings;
    private readonly IRedisLinkFactory? _links;
    private readonly Lane[] _lanes;
    private readonly LaneTable _table;

    internal RedisActor(RedisSettings settings, IRedisLinkFactory? links)
    {
        _settings = settings;
        _links = links;
        _lanes = [.. Enumerable.Range(1, settings.Lanes).Select(number => new Lane(number))];
        _table = new LaneTable(_lanes);
        Receive<RedisCommand>(command => _table.LaneOf(command).ToCommands(command, Sender));
        Receive<GetStatus>(query => AskLanes<RedisStatus>(query, LaneSums.Of));
        Receive<DrainCommands>(message => AskLanes<DrainedCommands>(message, LaneSums.Of));
        Receive<SubscribeToState>(TellSupervisors);
        Receive<UnsubscribeFromState>(TellSupervisors);
        Receive<ForceReconnect>(TellSupervisors);
        Receive<PauseConnection>(TellSupervisors);
        Receive<ResumeConnection>(TellSupervisors);
        Receive<LaneStarted>(message => _lanes[message.Number - 1].Started(message));
        Receive<BudgetSpent>(message => throw new RedisGaveUpException(_settings.Name, message.Cause));
        Receive<Terminated>(_ => OnLaneEnded());
    }

    internal static Props Props(RedisSettings settings, IRedisLinkFactory? links = null) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, links));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        foreach (var lane in _lanes)
        {
            var settings = _settings.ForLane(lane.Number);
            lane.Actor = Context.Watch(Context.ActorOf(
                RedisLane.Props(lane.Number, settings, _links ?? new StackExchangeLinkFactory(settings)), $"lane-{lane.Number}"));
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var lane in _lanes) lane.Strand(Context.System, Self);
    }

    /// <summary>
    /// A lane failed more often than it may. Nothing more can be done here, so this actor ends too; what is sent to it from
    /// now on is answered by <see cref="StrandedCommands"/>.
    /// </summary>
    private void OnLaneEnded() => Context.Stop(Self);

    private void TellSupervisors(object message)
    {
        foreach (var lane in _lanes) lane.ToSupervisor(message, Sender);
    }

    private void AskLanes<T>(object question, Func<IReadOnlyList<T>, T> sum)
        where T : class
    {
        var asker = _lanes.Length == 1 ? Sender : Context.ActorOf(LaneAnswers<T>.Props(_lanes.Length, Sender, sum));
        foreach (var lane in _lanes) lane.ToCommands(question, asker);
    }

    private sealed class Producer(RedisSettings settings, IRedisLinkFactory? links) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RedisActor);

        public ActorBase Produce() => new RedisActor(settings, links);

        public void Release(ActorBase actor)
        {
        }
    }
}
