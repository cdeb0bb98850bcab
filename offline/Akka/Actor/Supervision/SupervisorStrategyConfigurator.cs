#nullable disable
using Akka.Configuration;

namespace Akka.Actor;

/// <summary>Named by <c>akka.actor.guardian-supervisor-strategy</c>: how failures of the actors under /user are dealt with.</summary>
public abstract class SupervisorStrategyConfigurator
{
    public static SupervisorStrategyConfigurator CreateConfigurator(string typeName)
    {
        var type = Type.GetType(typeName)
            ?? throw new ConfigurationException($"Could not resolve supervisor strategy configurator type [{typeName}]");
        return (SupervisorStrategyConfigurator)Activator.CreateInstance(type);
    }

    public abstract SupervisorStrategy Create();
}

public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}
