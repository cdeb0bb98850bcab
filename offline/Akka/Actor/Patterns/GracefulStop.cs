#nullable disable
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>
    /// Sends the message and waits for the actor's end: true when it has stopped, false when it has not in time.
    /// </summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var watched = (IInternalActorRef)target;
        var end = new EndOfActor(watched.Provider);
        watched.SendSystemMessage(new Watch(watched, end));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            await end.Ended.WaitAsync(timeout).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            watched.SendSystemMessage(new Unwatch(watched, end));
            return false;
        }
    }

    private sealed class EndOfActor(IActorRefProvider provider) : MinimalActorRef
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ActorPath Path { get; } = provider.TempPath();

        public override IActorRefProvider Provider { get; } = provider;

        public Task Ended => _ended.Task;

        public override void SendSystemMessage(ISystemMessage message)
        {
            if (message is DeathWatchNotification)
            {
                _ended.TrySetResult();
            }
        }
    }
}
