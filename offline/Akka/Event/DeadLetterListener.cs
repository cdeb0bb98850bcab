#nullable disable
using Akka.Actor;

namespace Akka.Event;

/// <summary>Writes lost messages to the log, the first <c>akka.log-dead-letters</c> of them.</summary>
public class DeadLetterListener : ActorBase
{
    private readonly EventStream _eventStream = Context.System.EventStream;
    private readonly int _most = Context.System.Settings.LogDeadLetters;
    private int _count;

    protected override void PreStart()
    {
        _eventStream.Subscribe(Self, typeof(DeadLetter));
        _eventStream.Subscribe(Self, typeof(Dropped));
        _eventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason)
    {
    }

    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter)
        {
            return false;
        }

        if (letter.Message is IDeadLetterSuppression)
        {
            return true;
        }

        _count++;
        Log(letter);
        if (_most != int.MaxValue && _count >= _most)
        {
            Context.Stop(Self);
        }

        return true;
    }

    private void Log(AllDeadLetters letter)
    {
        var from = letter.Sender == null || letter.Sender.Equals(Context.System.DeadLetters) ? "" : $" from {letter.Sender}";
        var what = letter switch
        {
            Dropped dropped => $"was dropped. {dropped.Reason}.",
            UnhandledMessage => "was unhandled.",
            _ => "was not delivered.",
        };
        var advice = letter is DeadLetter
            ? $" If this is not an expected behavior then {letter.Recipient} may have terminated unexpectedly."
            : "";
        var last = _count == _most ? ", no more dead letters will be logged" : "";
        var source = letter.Recipient ?? Context.System.DeadLetters;
        _eventStream.Publish(
            new Info(
                source.Path.ToString(),
                source.GetType(),
                $"Message [{letter.Message.GetType().Name}]{from} to {letter.Recipient} {what} [{_count}] dead letters encountered{last}."
                + $"{advice} This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' and "
                + $"'akka.log-dead-letters-during-shutdown'. Message content: {letter.Message}"));
    }
}
