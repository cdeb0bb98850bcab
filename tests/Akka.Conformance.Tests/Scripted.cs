using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>
/// An actor whose handlers and hooks are given by a script that runs in its constructor, so that a test holds
/// the actor it speaks of. A restart makes a new instance and runs the script again.
/// </summary>
internal abstract class ScriptedActor : ReceiveActor
{
    public Action? OnPreStart { get; set; }

    public Action? OnPostStop { get; set; }

    /// <summary>Runs before the actor's default of stopping its children.</summary>
    public Action<Exception, object?>? OnPreRestart { get; set; }

    /// <summary>Runs before the actor's default of calling PreStart.</summary>
    public Action<Exception>? OnPostRestart { get; set; }

    public SupervisorStrategy? Strategy { get; set; }

    public IActorContext Ctx => Context;

    public IActorRef From => Sender;

    public IActorRef Me => Self;

    public void On<T>(Action<T> handler) => Receive(handler);

    public void On<T>(Predicate<T> when, Action<T> handler) => Receive(when, handler);

    public void OnAsync<T>(Func<T, Task> handler) => ReceiveAsync(handler);

    public void OnAny(Action<object> handler) => ReceiveAny(handler);

    public void Turn(Action configure) => Become(configure);

    public void Push(Action configure) => BecomeStacked(configure);

    public void Pop() => UnbecomeStacked();

    public void Reply(object message) => Sender.Tell(message, Self);

    /// <summary>The commands most tests need: fail with the given exception, and answer "ping" with "pong".</summary>
    public void FailsAndPings()
    {
        Receive<Exception>(e => throw e);
        Receive<string>(s => s == "ping", _ => Sender.Tell("pong", Self));
    }

    protected override void PreStart() => OnPreStart?.Invoke();

    protected override void PostStop() => OnPostStop?.Invoke();

    protected override void PreRestart(Exception reason, object message)
    {
        OnPreRestart?.Invoke(reason, message);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        OnPostRestart?.Invoke(reason);
        base.PostRestart(reason);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Strategy ?? base.SupervisorStrategy();
}

internal sealed class Scripted : ScriptedActor
{
    public Scripted(Action<Scripted> script) => script(this);

    public static Props Props(Action<Scripted> script) => Akka.Actor.Props.Create(() => new Scripted(script));
}

internal sealed class ScriptedStash : ScriptedActor, IWithStash
{
    public ScriptedStash(Action<ScriptedStash> script) => script(this);

    public IStash Stash { get; set; } = null!;

    public static Props Props(Action<ScriptedStash> script) => Akka.Actor.Props.Create(() => new ScriptedStash(script));
}

internal sealed class ScriptedTimers : ScriptedActor, IWithTimers
{
    public ScriptedTimers(Action<ScriptedTimers> script) => script(this);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Action<ScriptedTimers> script) => Akka.Actor.Props.Create(() => new ScriptedTimers(script));
}
