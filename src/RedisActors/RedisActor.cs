using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors;

/// <summary>
/// The address that users send to: <see cref="RedisCommand"/>, <see cref="SubscribeToState"/>, <see cref="UnsubscribeFromState"/>,
/// <see cref="GetStatus"/>, <see cref="ForceReconnect"/>, <see cref="PauseConnection"/>, <see cref="ResumeConnection"/> and
/// <see cref="DrainCommands"/>. It lives as long as the actor system, at <c>/user/redis</c>; its reference comes from
/// <see cref="RedisExtension"/>, or with Akka.Hosting from <c>IRequiredActor&lt;RedisActor&gt;</c>.
/// </summary>
/// <remarks>
/// Below it are a supervisor, which owns the connection, and an actor that takes the commands. Should one of the two fail, both
/// start anew together; commands that wait at that moment are answered first, with what is true of each.
/// </remarks>
public sealed class RedisActor : ReceiveActor
{
    private const int MaxFailuresPerMinute = 10;

    private readonly RedisSettings _settings;
    private readonly IRedisLinkFactory _links;
    private IActorRef _supervisor = ActorRefs.Nobody;
    private IActorRef _commands = ActorRefs.Nobody;

    internal RedisActor(RedisSettings settings, IRedisLinkFactory links)
    {
        _settings = settings;
        _links = links;
        Receive<RedisCommand>(command => _commands.Forward(command));
        Receive<GetStatus>(query => _commands.Forward(query));
        Receive<SubscribeToState>(message => _supervisor.Forward(message));
        Receive<UnsubscribeFromState>(message => _supervisor.Forward(message));
        Receive<ForceReconnect>(message => _supervisor.Forward(message));
        Receive<PauseConnection>(message => _supervisor.Forward(message));
        Receive<ResumeConnection>(message => _supervisor.Forward(message));
        Receive<DrainCommands>(message => _commands.Forward(message));
        Receive<BudgetSpent>(message => throw new RedisGaveUpException(_settings.Name, message.Cause));
        Receive<Terminated>(_ => OnChildStopped());
    }

    internal static Props Props(RedisSettings settings, IRedisLinkFactory? links = null) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, links ?? new StackExchangeLinkFactory(settings)));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new AllForOneStrategy(
        MaxFailuresPerMinute, TimeSpan.FromMinutes(1), static _ => Directive.Restart);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _supervisor = Context.Watch(Context.ActorOf(RedisSupervisor.Props(_settings, _links, new SupervisorMemory()), "supervisor"));
        _commands = Context.Watch(Context.ActorOf(RedisCommandActor.Props(_settings, Self, _supervisor), "commands"));
    }

    /// <summary>
    /// The two failed more often than they may. Nothing more can be done here, so this actor ends too; what is sent to it from
    /// now on is answered by <see cref="StrandedCommands"/>.
    /// </summary>
    private void OnChildStopped() => Context.Stop(Self);

    private sealed class Producer(RedisSettings settings, IRedisLinkFactory links) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RedisActor);

        public ActorBase Produce() => new RedisActor(settings, links);

        public void Release(ActorBase actor)
        {
        }
    }
}
