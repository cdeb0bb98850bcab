#nullable disable
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor.Setup
{
    /// <summary>A setting of an actor system that is given in code.</summary>
    public abstract class Setup
    {
        public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
    }

    /// <summary>Setups by their type, one of each.</summary>
    public sealed class ActorSystemSetup
    {
        public static readonly ActorSystemSetup Empty = new(new Dictionary<Type, Setup>());

        private readonly Dictionary<Type, Setup> _setups;

        private ActorSystemSetup(Dictionary<Type, Setup> setups)
        {
            _setups = setups;
        }

        public static ActorSystemSetup Create(params Setup[] setup)
        {
            var setups = new Dictionary<Type, Setup>();
            foreach (var each in setup)
            {
                setups[each.GetType()] = each;
            }

            return new ActorSystemSetup(setups);
        }

        public Option<T> Get<T>()
            where T : Setup => _setups.TryGetValue(typeof(T), out var setup) ? Option<T>.Create((T)setup) : Option<T>.None;

        public ActorSystemSetup WithSetup<T>(T setup)
            where T : Setup => new(new Dictionary<Type, Setup>(_setups) { [setup.GetType()] = setup });

        public ActorSystemSetup And<T>(T setup)
            where T : Setup => WithSetup(setup);

        public override string ToString() => $"ActorSystemSetup({string.Join(", ", _setups.Keys.Select(t => t.FullName))})";
    }
}

namespace Akka.Actor
{
    /// <summary>The configuration of an actor system, given as a setup.</summary>
    public sealed class BootstrapSetup : Setup.Setup
    {
        private readonly Config _fallback;

        private BootstrapSetup(Option<Config> config, Option<ProviderSelection> provider, Config fallback)
        {
            Config = config;
            ActorRefProvider = provider;
            _fallback = fallback;
        }

        public Option<Config> Config { get; }

        public Option<ProviderSelection> ActorRefProvider { get; }

        internal Config WholeConfig => Config.HasValue && _fallback != null ? Config.Value.WithFallback(_fallback) : Config.GetOrElse(_fallback);

        public static BootstrapSetup Create() => new(Option<Config>.None, Option<ProviderSelection>.None, null);

        public BootstrapSetup WithConfig(Config config) => new(config, ActorRefProvider, _fallback);

        public BootstrapSetup WithConfigFallback(Config config) => new(Config, ActorRefProvider, config);

        public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, name, _fallback);
    }

    /// <summary>Which kind of references a system makes. There is one here: references within this process.</summary>
    public abstract class ProviderSelection
    {
        private ProviderSelection()
        {
        }

        public sealed class Local : ProviderSelection
        {
            public static readonly Local Instance = new();
        }
    }
}
