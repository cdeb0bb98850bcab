#nullable disable
using Akka.Actor.Internal;

namespace Akka.Actor;

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>
    /// Sends a message and promises its first answer. A <see cref="Status.Failure"/> faults the task with its cause, unless
    /// a <typeparamref name="T"/> can be one; no answer in time faults it with <see cref="AskTimeoutException"/>.
    /// </summary>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(self)
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        timeout ??= system.Settings.AskTimeout;
        var answer = new FutureActorRef<T>(system.Provider);
        if (cancellationToken.CanBeCanceled)
        {
            answer.CancelWith(cancellationToken);
        }

        if (timeout.Value != Timeout.InfiniteTimeSpan && timeout.Value > TimeSpan.Zero)
        {
            answer.EndAfter(timeout.Value);
        }

        self.Tell(messageFactory(answer), answer);
        return answer.Result;
    }

    private static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        IInternalActorRef local => (local.Provider as LocalActorRefProvider)?.System,
        ActorSelection selection => SystemOf(selection.Anchor),
        _ => InternalCurrentActorCellKeeper.Current?.SystemImpl,
    };
}
