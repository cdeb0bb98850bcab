#nullable disable // as Akka.TestKit
using Akka.Actor;
using Akka.TestKit.Internal;

namespace Akka.TestKit.TestEvent;

/// <summary>From here on these filters see the log events, and what they match is not printed.</summary>
public sealed class Mute : INoSerializationVerificationNeeded
{
    public Mute(params EventFilterBase[] filters)
        : this((IReadOnlyCollection<EventFilterBase>)filters)
    {
    }

    public Mute(IReadOnlyCollection<EventFilterBase> filters)
    {
        Filters = filters;
    }

    public IReadOnlyCollection<EventFilterBase> Filters { get; }
}

public sealed class Unmute : INoSerializationVerificationNeeded
{
    public Unmute(params EventFilterBase[] filters)
        : this((IReadOnlyCollection<EventFilterBase>)filters)
    {
    }

    public Unmute(IReadOnlyCollection<EventFilterBase> filters)
    {
        Filters = filters;
    }

    public IReadOnlyCollection<EventFilterBase> Filters { get; }
}

/// <summary>Follows the log events that are on their way; once it is done, all of them have met their filters.</summary>
internal sealed class EverythingBeforeIsCounted : INoSerializationVerificationNeeded
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
