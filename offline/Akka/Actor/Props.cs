#nullable disable
using System.Linq.Expressions;
using Akka.Actor.Internal;
using Akka.Util;

namespace Akka.Actor;

/// <summary>How an actor is made. Unchanging, so that one can be used for many actors and for each restart.</summary>
public class Props : IEquatable<Props>, ISurrogated
{
    public static readonly Props None = new(typeof(EmptyActor));

    [ThreadStatic]
    private static int _creating;

    private readonly IIndirectActorProducer _producer;

    protected Props()
        : this(typeof(EmptyActor))
    {
    }

    protected Props(Props copy)
        : this(copy.Deploy, copy._producer, copy.Arguments, copy.SupervisorStrategy)
    {
    }

    public Props(Type type)
        : this(type, [])
    {
    }

    public Props(Type type, object[] args)
        : this(Deploy.None, new ActivatorProducer(type), args, null)
    {
    }

    public Props(Type type, SupervisorStrategy supervisorStrategy, IEnumerable<object> args)
        : this(Deploy.None, new ActivatorProducer(type), args.ToArray(), supervisorStrategy)
    {
    }

    public Props(Type type, SupervisorStrategy supervisorStrategy, params object[] args)
        : this(Deploy.None, new ActivatorProducer(type), args, supervisorStrategy)
    {
    }

    public Props(Deploy deploy, Type type, IEnumerable<object> args)
        : this(deploy, new ActivatorProducer(type), args.ToArray(), null)
    {
    }

    public Props(Deploy deploy, Type type, params object[] args)
        : this(deploy, new ActivatorProducer(type), args, null)
    {
    }

    private Props(Deploy deploy, IIndirectActorProducer producer, object[] args, SupervisorStrategy supervisorStrategy)
    {
        Deploy = deploy;
        _producer = producer;
        Arguments = args ?? [null];
        SupervisorStrategy = supervisorStrategy;
    }

    public static Props Empty => new(typeof(EmptyActor));

    public Deploy Deploy { get; protected set; }

    public SupervisorStrategy SupervisorStrategy { get; protected set; }

    public object[] Arguments { get; }

    public Type Type => _producer.ActorType;

    public string TypeName => Type.AssemblyQualifiedName;

    public string Dispatcher => Deploy.Dispatcher;

    public string Mailbox => Deploy.Mailbox;

    internal static bool IsCreatingActor => _creating > 0;

    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null)
        where TActor : ActorBase
    {
        var creation = factory.Body as NewExpression
            ?? throw new ArgumentException("The create function must be a 'new T (args)' expression");
        return new Props(Deploy.None, new ActivatorProducer(typeof(TActor)), ExpressionValues.Of(creation), supervisorStrategy);
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => new(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), supervisorStrategy);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new Props(type, args);
    }

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(Deploy.None, producer, args, null);

    public Props WithDeploy(Deploy deploy) => With(p => p.Deploy = deploy.WithFallback(Deploy));

    public Props WithDispatcher(string dispatcher) => With(p => p.Deploy = Deploy.WithDispatcher(dispatcher));

    public Props WithMailbox(string mailbox) => With(p => p.Deploy = Deploy.WithMailbox(mailbox));

    public Props WithStashCapacity(int stashCapacity) => With(p => p.Deploy = Deploy.WithStashCapacity(stashCapacity));

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) =>
        With(p => p.SupervisorStrategy = supervisorStrategy);

    public virtual ActorBase NewActor()
    {
        _creating++;
        try
        {
            return _producer is ActivatorProducer activator ? activator.Produce(Arguments) : _producer.Produce();
        }
        catch (Exception e)
        {
            throw new TypeLoadException(
                $"Error while creating actor instance of type {Type} with {Arguments.Length} args: ({string.Join(",", Arguments)})", e);
        }
        finally
        {
            _creating--;
        }
    }

    public bool Equals(Props other) =>
        other != null && Deploy.Equals(other.Deploy) && Type == other.Type && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object obj) => obj is Props other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Deploy, Type);

    public ISurrogate ToSurrogate(ActorSystem system) => new PropsSurrogate { Arguments = Arguments, Type = Type, Deploy = Deploy };

    internal void Release(ActorBase actor)
    {
        if (actor != null)
        {
            _producer.Release(actor);
        }
    }

    protected virtual Props Copy() => new(this);

    private Props With(Action<Props> change)
    {
        var copy = Copy();
        change(copy);
        return copy;
    }

    public class PropsSurrogate : ISurrogate
    {
        public Type Type { get; set; }

        public Deploy Deploy { get; set; }

        public object[] Arguments { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Props(Deploy, Type, Arguments);
    }

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
