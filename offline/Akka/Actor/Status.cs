#nullable disable
namespace Akka.Actor;

/// <summary>How an operation ended, sent as a message. <see cref="Futures.Ask{T}(ICanTell, object, TimeSpan?)"/> makes an
/// exception of a <see cref="Failure"/>.</summary>
public abstract class Status
{
    public sealed class Success : Status
    {
        public static readonly Success Instance = new(null);
        public readonly object Status;

        public Success(object status)
        {
            Status = status;
        }

        public override string ToString() => Status == null ? "Success: " : $"Success: {Status}";
    }

    public sealed class Failure : Status
    {
        public readonly Exception Cause;
        public readonly object State;

        public Failure(Exception cause)
        {
            Cause = cause;
        }

        public Failure(Exception cause, object state)
        {
            Cause = cause;
            State = state;
        }

        public override string ToString() => $"Failure: {Cause}";
    }
}
