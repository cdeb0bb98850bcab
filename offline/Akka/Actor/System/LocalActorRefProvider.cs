#nullable disable
using System.Collections.Concurrent;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor
{
    /// <summary>Makes references and finds them again by their path.</summary>
    public interface IActorRefProvider
    {
        IInternalActorRef RootGuardian { get; }

        LocalActorRef Guardian { get; }

        LocalActorRef SystemGuardian { get; }

        IActorRef DeadLetters { get; }

        IActorRef IgnoreRef { get; }

        ActorPath RootPath { get; }

        Settings Settings { get; }

        Address DefaultAddress { get; }

        Serialization.Information SerializationInformation { get; }

        IInternalActorRef TempContainer { get; }

        ActorPath TempPath();

        void RegisterTempActor(IInternalActorRef actorRef, ActorPath path);

        void UnregisterTempActor(ActorPath path);

        IInternalActorRef ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path);

        IActorRef ResolveActorRef(string path);

        IActorRef ResolveActorRef(ActorPath actorPath);
    }
}

namespace Akka.Actor.Internal
{
    internal sealed class LocalActorRefProvider : IActorRefProvider
    {
        private readonly TempContainerRef _temp;
        private long _tempNumber;

        public LocalActorRefProvider(ActorSystemImpl system)
        {
            System = system;
            RootPath = new RootActorPath(new Address("akka", system.Name));
            SerializationInformation = new Serialization.Information(DefaultAddress, system);
            DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", system.EventStream);
            IgnoreRef = new IgnoreActorRef(this, RootPath / "ignore");
            _temp = new TempContainerRef(this, RootPath / "temp");
        }

        public ActorSystemImpl System { get; }

        public ActorPath RootPath { get; }

        public IActorRef DeadLetters { get; }

        public IActorRef IgnoreRef { get; }

        public IInternalActorRef RootGuardian { get; private set; }

        public LocalActorRef Guardian { get; private set; }

        public LocalActorRef SystemGuardian { get; private set; }

        public IInternalActorRef TempContainer => _temp;

        public Settings Settings => System.Settings;

        public Address DefaultAddress => RootPath.Address;

        public Serialization.Information SerializationInformation { get; }

        public EventStream EventStream => System.EventStream;

        public void Start()
        {
            var dispatcher = System.Dispatchers.DefaultGlobalDispatcher;
            var mailbox = new UnboundedMailbox();
            var root = new RootGuardianRef(
                System, dispatcher, mailbox, new AboveTheRoot(System, RootPath / "above"), RootPath);
            RootGuardian = root;
            var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
            Guardian = new LocalActorRef(
                System,
                Props.Create<GuardianActor>().WithSupervisorStrategy(strategy),
                dispatcher,
                mailbox,
                root,
                RootPath / "user");
            SystemGuardian = new LocalActorRef(
                System, Props.Create(typeof(SystemGuardianActor), Guardian), dispatcher, mailbox, root, RootPath / "system");
            root.Cell.Adopt(Guardian);
            root.Cell.Adopt(SystemGuardian);
            root.Start();
            root.Tell(new WatchGuardian(SystemGuardian), ActorRefs.NoSender);
            Guardian.Start();
            SystemGuardian.Start();
        }

        public IInternalActorRef ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path)
        {
            var id = string.IsNullOrEmpty(props.Dispatcher) ? Dispatchers.DefaultDispatcherId : props.Dispatcher;
            if (!system.Dispatchers.HasDispatcher(id))
            {
                throw new ConfigurationException($"Dispatcher [{id}] not configured for path {path}");
            }

            try
            {
                var dispatcher = system.Dispatchers.Lookup(id);
                var mailbox = system.Mailboxes.GetMailboxType(props, dispatcher.Configurator.Config);
                return new LocalActorRef(system, props, dispatcher, mailbox, supervisor, path);
            }
            catch (Exception e)
            {
                var mailbox = string.IsNullOrEmpty(props.Mailbox) ? Mailboxes.DefaultMailboxId : props.Mailbox;
                throw new ConfigurationException(
                    $"Configuration problem while creating [{path}] with dispatcher [{id}] and mailbox [{mailbox}]", e);
            }
        }

        public ActorPath TempPath() => _temp.Path / ShortNames.Of(Interlocked.Increment(ref _tempNumber));

        public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _temp.Add(path.Name, actorRef);

        public void UnregisterTempActor(ActorPath path) => _temp.Remove(path.Name);

        public IActorRef ResolveActorRef(string path) =>
            ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : DeadLetters;

        public IActorRef ResolveActorRef(ActorPath actorPath)
        {
            if (actorPath.Equals(IgnoreRef.Path))
            {
                return IgnoreRef;
            }

            if (!actorPath.Address.Equals(DefaultAddress))
            {
                return actorPath.Equals(ActorRefs.Nobody.Path) ? ActorRefs.Nobody : DeadLetters;
            }

            var found = RootGuardian.GetChild(actorPath.Elements);
            var sameIncarnation = !found.IsNobody() && (actorPath.Uid == 0 || actorPath.Uid == found.Path.Uid);
            return sameIncarnation ? found : new EmptyLocalActorRef(this, actorPath, EventStream);
        }

        /// <summary>Where those live who wait for an answer.</summary>
        private sealed class TempContainerRef(IActorRefProvider provider, ActorPath path) : MinimalActorRef
        {
            private readonly ConcurrentDictionary<string, IInternalActorRef> _children = new();

            public override ActorPath Path { get; } = path;

            public override IActorRefProvider Provider { get; } = provider;

            public override IInternalActorRef Parent => Provider.RootGuardian;

            public void Add(string name, IInternalActorRef child) => _children[name] = child;

            public void Remove(string name) => _children.TryRemove(name, out _);

            public override IActorRef GetChild(IReadOnlyList<string> name) =>
                name.Count == 1 && _children.TryGetValue(name[0], out var child) ? child : ActorRefs.Nobody;
        }
    }
}
