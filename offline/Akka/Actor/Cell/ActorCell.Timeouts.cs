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

    /// <summary>Starts it anew, if there is one; while messages are held back none runs.</summary>
    private void RestartReceiveTimeout()
    {
        CancelReceiveTimeout();
        if (_receiveTimeout.HasValue && !_mailbox.IsSuspended && !_mailbox.IsClosed)
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
