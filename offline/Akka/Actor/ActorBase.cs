#nullable disable
using Akka.Actor.Internal;
using Akka.Event;

namespace Akka.Actor
{
    /// <summary>Access to the context of an actor.</summary>
    public interface IInternalActor
    {
        IActorContext ActorContext { get; }
    }

    public abstract class ActorBase : IInternalActor
    {
        private static readonly Receive NothingReceived = _ => false;

        private IActorRef _selfAfterEnd;
        private SupervisorStrategy _strategy;

        protected ActorBase()
        {
            if (InternalCurrentActorCellKeeper.Current == null || !Props.IsCreatingActor)
            {
                throw new ActorInitializationException(
                    "Do not create actors using 'new', always create them using an ActorContext/System");
            }
        }

        IActorContext IInternalActor.ActorContext => Context;

        protected static Receive EmptyReceive => NothingReceived;

        /// <summary>Only there while this thread handles a message of an actor.</summary>
        protected static IActorContext Context =>
            InternalCurrentActorCellKeeper.Current
            ?? throw new NotSupportedException(
                "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

        protected IActorRef Sender => Context.Sender;

        protected IActorRef Self => _selfAfterEnd ?? Context.Self;

        internal virtual Receive DefaultReceive => Receive;

        internal SupervisorStrategy StrategyForChildren => _strategy ??= Context.Props.SupervisorStrategy ?? SupervisorStrategy();

        public virtual void AroundPreRestart(Exception cause, object message)
        {
            CancelTimers();
            PreRestart(cause, message);
        }

        public virtual void AroundPreStart() => PreStart();

        public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

        public virtual void AroundPostStop()
        {
            CancelTimers();
            PostStop();
        }

        internal void AroundPostRestart(Exception cause) => AroundPostRestart(cause, null);

        internal void AroundReceiveMessage(Receive receive, object message) => AroundReceive(receive, message);

        internal void Clear(IActorRef self) => _selfAfterEnd = self;

        protected abstract bool Receive(object message);

        protected virtual bool AroundReceive(Receive receive, object message)
        {
            var handled = receive(message);
            if (!handled)
            {
                Unhandled(message);
            }

            return handled;
        }

        /// <summary>A death that was watched for and not handled is a failure; anything else is published and forgotten.</summary>
        protected virtual void Unhandled(object message)
        {
            if (message is Terminated terminated)
            {
                throw new DeathPactException(terminated.ActorRef);
            }

            var context = Context;
            var stream = context.System.EventStream;
            stream.Publish(new UnhandledMessage(message, context.Sender, context.Self));
            if (context.System.Settings.DebugUnhandledMessage)
            {
                var source = context.Self.Path.ToString();
                stream.Publish(new Debug(source, GetType(), $"Unhandled message from {context.Sender.Path} : {message}"));
            }
        }

        protected virtual void PreStart()
        {
        }

        protected virtual void PostStop()
        {
        }

        /// <summary>Stops all children and then does what the end of an actor does.</summary>
        protected virtual void PreRestart(Exception reason, object message)
        {
            foreach (var child in Context.GetChildren().ToList())
            {
                Context.Unwatch(child);
                Context.Stop(child);
            }

            PostStop();
        }

        protected virtual void PostRestart(Exception reason) => PreStart();

        protected virtual SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;

        protected void Become(Receive receive) => Context.Become(receive);

        protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

        protected void UnbecomeStacked() => Context.UnbecomeStacked();

        protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

        private void CancelTimers() => (this as IWithTimers)?.Timers?.CancelAll();
    }
}

namespace Akka.Actor.Internal
{
    /// <summary>An actor that has something to do between its constructor and its first message.</summary>
    public interface IInitializableActor
    {
        void Init();
    }
}
