#nullable disable
using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor
{
    /// <summary>Makes the instances of an actor in a way of its own, for example out of a container.</summary>
    public interface IIndirectActorProducer
    {
        Type ActorType { get; }

        ActorBase Produce();

        void Release(ActorBase actor);
    }
}

namespace Akka.Actor.Internal
{
    /// <summary>Makes instances with the constructor that the arguments fit.</summary>
    internal sealed class ActivatorProducer : IIndirectActorProducer
    {
        public ActivatorProducer(Type actorType)
        {
            ArgumentNullException.ThrowIfNull(actorType);
            if (!typeof(ActorBase).IsAssignableFrom(actorType))
            {
                throw new ArgumentException($"Unknown actor producer [{actorType.FullName}]", nameof(actorType));
            }

            ActorType = actorType;
        }

        public Type ActorType { get; }

        public ActorBase Produce() => Produce([]);

        public ActorBase Produce(object[] arguments) => (ActorBase)Activator.CreateInstance(ActorType, arguments);

        public void Release(ActorBase actor)
        {
        }
    }

    /// <summary>The arguments of a <c>new</c> expression, worked out at once so that every instance is made of the same.</summary>
    internal static class ExpressionValues
    {
        public static object[] Of(NewExpression creation) => creation.Arguments.Select(Value).ToArray();

        private static object Value(Expression expression) => expression switch
        {
            ConstantExpression constant => constant.Value,
            MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression == null ? null : Value(member.Expression)),

            // Compiled and not interpreted: an argument may be a lambda, and an interpreted one passes references by copy.
            _ => Expression.Lambda<Func<object>>(Expression.Convert(expression, typeof(object))).Compile()(),
        };
    }
}
