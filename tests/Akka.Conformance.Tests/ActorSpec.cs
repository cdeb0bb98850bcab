using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests;

/// <summary>What all conformance tests share: an actor system of their own that waits long enough for a busy machine.</summary>
public abstract class ActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Patient = """
        akka.loglevel = INFO
        akka.stdout-loglevel = OFF
        akka.test {
            timefactor = 1.0
            filter-leeway = 10s
            single-expect-default = 10s
            default-timeout = 10s
        }
        """;

    protected ActorSpec(string hocon = "")
        : base(ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(Patient)))
    {
    }

    protected ActorSpec(Config config)
        : base(config.WithFallback(ConfigurationFactory.ParseString(Patient)))
    {
    }

    /// <summary>Long enough for anything that is going to happen at all.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>An actor that is what the script says.</summary>
    internal IActorRef Start(Action<Scripted> script, string? name = null) => Sys.ActorOf(Scripted.Props(script), name);

    /// <summary>An actor with a stash.</summary>
    internal IActorRef StartStashing(Action<ScriptedStash> script) => Sys.ActorOf(ScriptedStash.Props(script));

    /// <summary>An actor with timers.</summary>
    internal IActorRef StartTimed(Action<ScriptedTimers> script) => Sys.ActorOf(ScriptedTimers.Props(script));

    /// <summary>Tells all of them in this order, with the test as the sender.</summary>
    protected void Tell(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            actor.Tell(message, TestActor);
        }
    }
}
