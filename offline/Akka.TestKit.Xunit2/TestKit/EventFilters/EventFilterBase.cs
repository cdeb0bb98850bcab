#nullable disable // as Akka.TestKit
using Akka.Event;

namespace Akka.TestKit
{
    public interface IEventFilter
    {
        bool Apply(LogEvent logEvent);
    }
}

namespace Akka.TestKit.Internal
{
    public delegate void EventMatched(EventFilterBase eventFilter, LogEvent logEvent);

    /// <summary>Picks log events, and tells whoever counts them.</summary>
    public abstract class EventFilterBase : IEventFilter
    {
        public event EventMatched EventMatched;

        protected abstract string FilterDescriptiveName { get; }

        public bool Apply(LogEvent logEvent)
        {
            if (!IsMatch(logEvent))
                return false;

            OnEventMatched(logEvent);
            return true;
        }

        public override string ToString() => FilterDescriptiveName;

        protected abstract bool IsMatch(LogEvent evt);

        protected virtual void OnEventMatched(LogEvent logEvent) => EventMatched?.Invoke(this, logEvent);
    }

    /// <summary>Picks by level, text and source; an error also by its exception.</summary>
    internal sealed class LevelFilter : EventFilterBase
    {
        private readonly LogLevel _level;
        private readonly TextMatcher _message;
        private readonly TextMatcher _source;
        private readonly Type _exception;
        private readonly bool _innerToo;

        public LevelFilter(LogLevel level, TextMatcher message, TextMatcher source, Type exception = null, bool innerToo = false)
        {
            _level = level;
            _message = message;
            _source = source;
            _exception = exception;
            _innerToo = innerToo;
        }

        protected override string FilterDescriptiveName
        {
            get
            {
                var name = _level.ToString().Replace("Level", "", StringComparison.Ordinal);
                var conditions = new List<string>();
                if (_exception != null)
                    conditions.Add($"Cause is {_exception}");

                if (_message != TextMatcher.Any)
                    conditions.Add($"Message {_message.Description}");

                if (_source != TextMatcher.Any)
                    conditions.Add($"Source {_source.Description}");

                return conditions.Count == 0 ? name : $"{name} when {string.Join(" and ", conditions)}";
            }
        }

        protected override bool IsMatch(LogEvent evt)
        {
            if (evt.LogLevel() != _level || !_source.Matches(evt.LogSource))
                return false;

            if (_exception == null)
                return _message.Matches(evt.Message?.ToString());

            return evt.Cause != null && (IsMatch(evt, evt.Cause) || (_innerToo && InnerOf(evt.Cause).Any(inner => IsMatch(evt, inner))));
        }

        private static IEnumerable<Exception> InnerOf(Exception exception)
        {
            for (var inner = exception.InnerException; inner != null; inner = inner.InnerException)
                yield return inner;
        }

        private bool IsMatch(LogEvent evt, Exception cause) =>
            _exception.IsInstanceOfType(cause) && (_message.Matches(evt.Message?.ToString()) || _message.Matches(cause.Message));
    }

    public class CustomEventFilter : EventFilterBase
    {
        private readonly Predicate<LogEvent> _predicate;

        public CustomEventFilter(Predicate<LogEvent> predicate)
        {
            _predicate = predicate;
        }

        protected override string FilterDescriptiveName => "Custom";

        protected override bool IsMatch(LogEvent evt) => _predicate(evt);
    }

    internal sealed class DeadLetterFilter : EventFilterBase
    {
        private readonly Predicate<DeadLetter> _isMatch;
        private readonly TextMatcher _source;

        public DeadLetterFilter(Predicate<DeadLetter> isMatch, TextMatcher source)
        {
            _isMatch = isMatch;
            _source = source;
        }

        protected override string FilterDescriptiveName => "DeadLetter";

        protected override bool IsMatch(LogEvent evt) =>
            evt is Warning { Message: DeadLetter letter } && _source.Matches(evt.LogSource) && _isMatch(letter);
    }
}
