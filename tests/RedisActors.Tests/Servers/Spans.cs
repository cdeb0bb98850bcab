using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisActors.Tests.Servers;

/// <summary>Listens to the library's spans, and keeps those of one trace: its own.</summary>
internal sealed class Spans : IDisposable
{
    private static readonly ActivitySource Source = new("RedisActors.Tests");

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans(string name = "the test")
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is RedisTracing.SourceName or "RedisActors.Tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        Root = Source.StartActivity(name)!;
    }

    /// <summary>The current activity from the beginning.</summary>
    public Activity Root { get; }

    /// <summary>The spans of this trace that have ended, in the order of their ends.</summary>
    public Activity[] Ended => [.. All.Where(span => span.TraceId == Root.TraceId)];

    /// <summary>Those of other traces too.</summary>
    public Activity[] All => [.. _ended.Where(span => span.Source.Name == RedisTracing.SourceName)];

    public static Activity Begin(string name) => Source.StartActivity(name)!;

    public static Dictionary<string, object?> TagsOf(Activity span) => span.TagObjects.ToDictionary();

    public static string[] EventsOf(Activity span) => [.. span.Events.Select(happened => happened.Name)];

    public void Dispose()
    {
        Root.Dispose();
        _listener.Dispose();
    }
}
