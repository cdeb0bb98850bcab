#nullable disable
namespace Akka.Actor;

public partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable _pendingReceiveTimeout;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout = null)
    {
        _receiveTimeout = timeout;
        CancelReceiveTimeout();
        if (timeout.HasValue)
        {
            ScheduleReceiveTimeout();
        }
    }

    private void RestartReceiveTimeout(object message)
    {
        if (message is INotInfluenceReceiveTimeout || _mailbox.IsClosed)
        {
            return;
        }

        CancelReceiveTimeout();
        if (!_mailbox.IsSuspended)
        {
            ScheduleReceiveTimeout();
        }
    }

    private void ScheduleReceiveTimeout() =>
        _pendingReceiveTimeout = System.Scheduler.ScheduleTellOnceCancelable(
            _receiveTimeout!.Value, Self, Akka.Actor.ReceiveTimeout.Instance, Self);

    private void CancelReceiveTimeout()
    {
        _pendingReceiveTimeout?.Cancel();
        _pendingReceiveTimeout = null;
    }

    private void StopReceiveTimeout()
    {
        _receiveTimeout = null;
        CancelReceiveTimeout();
    }
}
