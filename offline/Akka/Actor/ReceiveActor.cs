#nullable disable
using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// An actor that lists its handlers by type. The first one that fits and takes the message wins; what none takes is
/// unhandled. Handlers are listed in the constructor or in a <c>Become</c>, nowhere else.
/// </summary>
public abstract class ReceiveActor : UntypedActor, IInitializableActor
{
    private HandlerList _configuring = new();
    private HandlerList _first;

    internal sealed override Receive DefaultReceive => _first == null ? base.DefaultReceive : _first.Handle;

    void IInitializableActor.Init()
    {
        _first = _configuring;
        _configuring = null;
        Context.Become(_first.Handle);
    }

    /// <summary>Reached only while no handlers are in force.</summary>
    protected override void OnReceive(object message) => Unhandled(message);

    protected void Become(Action configure) => base.Become(Configured(configure));

    protected void BecomeStacked(Action configure) => base.BecomeStacked(Configured(configure));

    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null) =>
        List.Add(new ActionHandler<T>(handler, shouldHandle));

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) =>
        List.Add(new ActionHandler<object>(handler, shouldHandle, messageType));

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void Receive<T>(Func<T, bool> handler) => List.Add(new FuncHandler<T>(handler, typeof(T)));

    protected void Receive(Type messageType, Func<object, bool> handler) => List.Add(new FuncHandler<object>(handler, messageType));

    protected void ReceiveAny(Action<object> handler) => List.Add(new ActionHandler<object>(handler, null));

    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null) =>
        Receive(Started(handler), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Receive(Started(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object> shouldHandle = null) =>
        Receive(messageType, Started(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Receive(messageType, Started(handler), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(Started(handler));

    private HandlerList List =>
        _configuring
        ?? throw new InvalidOperationException(
            "You may only call Receive-methods when constructing the actor and inside Become().");

    private static Action<T> Started<T>(Func<T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return message => ActorTaskScheduler.RunTask(() => handler(message));
    }

    private Receive Configured(Action configure)
    {
        var outer = _configuring;
        var list = new HandlerList();
        _configuring = list;
        try
        {
            configure();
        }
        finally
        {
            _configuring = outer;
        }

        return list.Handle;
    }
}
