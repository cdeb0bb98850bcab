#nullable disable
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch
{
    public interface ISemantics
    {
    }

    public interface IUnboundedMessageQueueSemantics : ISemantics
    {
    }

    public interface IBoundedMessageQueueSemantics : ISemantics
    {
        TimeSpan PushTimeOut { get; }
    }

    public interface IDequeBasedMessageQueueSemantics : ISemantics
    {
        void EnqueueFirst(Envelope envelope);
    }

    public interface IUnboundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IUnboundedMessageQueueSemantics
    {
    }

    public interface IBoundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IBoundedMessageQueueSemantics
    {
    }

    /// <summary>An actor class says which kind of mailbox it cannot do without.</summary>
    public interface IRequiresMessageQueue<T>
        where T : ISemantics
    {
    }

    public interface IProducesMessageQueue<TQueue>
        where TQueue : MessageQueues.IMessageQueue
    {
    }

    public abstract class MailboxType
    {
        protected readonly Settings Settings;
        protected readonly Config Config;

        protected MailboxType(Settings settings, Config config)
        {
            Settings = settings;
            Config = config;
        }

        public abstract MessageQueues.IMessageQueue Create(IActorRef owner, ActorSystem system);
    }

    public sealed class UnboundedMailbox : MailboxType, IProducesMessageQueue<MessageQueues.UnboundedMessageQueue>
    {
        public UnboundedMailbox()
            : this(null, null)
        {
        }

        public UnboundedMailbox(Settings settings, Config config)
            : base(settings, config)
        {
        }

        public override MessageQueues.IMessageQueue Create(IActorRef owner, ActorSystem system) =>
            new MessageQueues.UnboundedMessageQueue();
    }

    public sealed class UnboundedDequeBasedMailbox : MailboxType, IProducesMessageQueue<MessageQueues.UnboundedDequeMessageQueue>
    {
        public UnboundedDequeBasedMailbox(Settings settings, Config config)
            : base(settings, config)
        {
        }

        public override MessageQueues.IMessageQueue Create(IActorRef owner, ActorSystem system) =>
            new MessageQueues.UnboundedDequeMessageQueue();
    }
}

namespace Akka.Dispatch.MessageQueues
{
    public interface IMessageQueue
    {
        bool HasMessages { get; }

        int Count { get; }

        void Enqueue(IActorRef receiver, Envelope envelope);

        bool TryDequeue(out Envelope envelope);

        /// <summary>The owner has stopped: what is left becomes dead letters.</summary>
        void CleanUp(IActorRef owner, IMessageQueue deadletters);
    }

    public class UnboundedMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
    {
        private readonly ConcurrentQueue<Envelope> _queue = new();

        public bool HasMessages => !_queue.IsEmpty;

        public int Count => _queue.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope) => _queue.Enqueue(envelope);

        public bool TryDequeue(out Envelope envelope) => _queue.TryDequeue(out envelope);

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
            while (_queue.TryDequeue(out var envelope))
            {
                deadletters.Enqueue(owner, envelope);
            }
        }
    }

    /// <summary>
    /// A queue with a second one before it. The front belongs to the actor alone, which puts unstashed messages there, so it
    /// needs no synchronization.
    /// </summary>
    public class DequeWrapperMessageQueue : IMessageQueue, IDequeBasedMessageQueueSemantics
    {
        protected readonly IMessageQueue MessageQueue;

        private readonly Stack<Envelope> _front = new();

        public DequeWrapperMessageQueue(IMessageQueue messageQueue)
        {
            MessageQueue = messageQueue;
        }

        public bool HasMessages => _front.Count > 0 || MessageQueue.HasMessages;

        public int Count => _front.Count + MessageQueue.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope) => MessageQueue.Enqueue(receiver, envelope);

        public void EnqueueFirst(Envelope envelope) => _front.Push(envelope);

        public bool TryDequeue(out Envelope envelope) => _front.TryPop(out envelope) || MessageQueue.TryDequeue(out envelope);

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
            while (_front.TryPop(out var envelope))
            {
                deadletters.Enqueue(owner, envelope);
            }

            MessageQueue.CleanUp(owner, deadletters);
        }
    }

    public class UnboundedDequeMessageQueue : DequeWrapperMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
    {
        public UnboundedDequeMessageQueue()
            : base(new UnboundedMessageQueue())
        {
        }
    }

    /// <summary>Where the messages of stopped actors go.</summary>
    internal sealed class DeadLetterQueue(IActorRef deadLetters) : IMessageQueue
    {
        public bool HasMessages => false;

        public int Count => 0;

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            // One who listens for dead letters and stops would otherwise be sent its own again and again.
            if (envelope.Message is not DeadLetter)
            {
                deadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender, receiver), envelope.Sender);
            }
        }

        public bool TryDequeue(out Envelope envelope)
        {
            envelope = default;
            return false;
        }

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
        }
    }
}
