#nullable disable
namespace Akka.Actor.Internal;

internal abstract class Handler(Type type)
{
    public Type Type { get; } = type;

    /// <summary>True if there is no message that it would leave to a later one.</summary>
    public virtual bool TakesAny => false;

    public abstract bool TryHandle(object message);
}

internal sealed class ActionHandler<T>(Action<T> handler, Predicate<T> shouldHandle, Type type = null) : Handler(type ?? typeof(T))
{
    private readonly Action<T> _handler = handler ?? throw new ArgumentNullException(nameof(handler));

    public override bool TakesAny => Type == typeof(object) && shouldHandle == null;

    public override bool TryHandle(object message)
    {
        var typed = (T)message;
        if (shouldHandle != null && !shouldHandle(typed))
        {
            return false;
        }

        _handler(typed);
        return true;
    }
}

internal sealed class FuncHandler<T>(Func<T, bool> handler, Type type) : Handler(type)
{
    private readonly Func<T, bool> _handler = handler ?? throw new ArgumentNullException(nameof(handler));

    public override bool TryHandle(object message) => _handler((T)message);
}

/// <summary>
/// The handlers of one behaviour in the order they were listed. Which of them a class of message can concern is worked out
/// once per class.
/// </summary>
internal sealed class HandlerList
{
    private readonly List<Handler> _handlers = [];
    private readonly Dictionary<Type, Handler[]> _byType = [];
    private bool _takesAny;
    private Type _lastType;
    private Handler[] _lastHandlers;

    public void Add(Handler handler)
    {
        if (_takesAny)
        {
            throw new InvalidOperationException(
                "A handler that catches all messages has been added. No handler can be added after that.");
        }

        _handlers.Add(handler);
        _takesAny = handler.TakesAny;
    }

    public bool Handle(object message)
    {
        var type = message.GetType();
        if (type != _lastType)
        {
            _lastHandlers = For(type);
            _lastType = type;
        }

        foreach (var handler in _lastHandlers)
        {
            if (handler.TryHandle(message))
            {
                return true;
            }
        }

        return false;
    }

    private Handler[] For(Type type)
    {
        if (!_byType.TryGetValue(type, out var handlers))
        {
            handlers = _handlers.Where(h => h.Type.IsAssignableFrom(type)).ToArray();
            _byType.Add(type, handlers);
        }

        return handlers;
    }
}
