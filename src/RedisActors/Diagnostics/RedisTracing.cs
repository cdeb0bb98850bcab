using System.Diagnostics;

namespace RedisActors;

/// <summary>
/// The traces of RedisActors: a span of kind client for each command that a <see cref="RedisActor"/> takes, from an
/// <see cref="ActivitySource"/> named <see cref="SourceName"/>. With OpenTelemetry: <c>tracing.AddSource(RedisTracing.SourceName)</c>.
/// Names and attributes follow OpenTelemetry's semantic conventions for Redis; <c>docs/telemetry.md</c> lists them. Arguments of commands
/// and texts of errors, which may quote them, are never in a span.
/// </summary>
/// <remarks>
/// Its parent is the <see cref="Activity"/> that was current where the command was made (or where <c>ExecuteAsync</c> was called, if one was
/// current there), also in another actor and on another node of an Akka cluster. Commands that come in through the multiplexer of
/// <see cref="RedisExtension"/> have no parent. While nobody listens to the source, nothing is recorded and nothing allocated.
/// </remarks>
public static class RedisTracing
{
    /// <summary>The name of the activity source: <c>RedisActors</c>.</summary>
    public const string SourceName = "RedisActors";

    private static readonly ActivitySource Source = new(SourceName, typeof(RedisTracing).Assembly.GetName().Version?.ToString(3) ?? string.Empty);

    /// <summary>Whether anybody listens.</summary>
    internal static bool IsOn => Source.HasListeners();

    /// <summary>The context of the current activity; the default one where there is none that has one.</summary>
    internal static ActivityContext Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Context : default;

    /// <summary>A command as it is when it is sent from here: within the current activity, if there is one.</summary>
    internal static RedisCommand FromHere(RedisCommand command) =>
        IsOn && Current is var current && current != default && current != command.Trace ? command with { Trace = current } : command;

    /// <summary>Starts a span, which does not become the current one; null: nobody wants it.</summary>
    internal static Activity? Start(string name, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        if (!IsOn) return null;
        var current = Activity.Current;
        try
        {
            // Otherwise a span without a parent would take the one of this thread, which has nothing to do with it.
            if (current is not null) Activity.Current = null;
            return Source.StartActivity(ActivityKind.Client, parent, tags, name: name);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A listener that throws is no reason for a command to fail.
            return null;
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends a span. The current one stays what it is.</summary>
    internal static void Stop(Activity span)
    {
        var current = Activity.Current;
        try
        {
            span.Stop();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // As above.
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Does something for somebody else than whose activity is the current one.</summary>
    internal static TResult WithoutParent<T, TResult>(T state, ReadOnlySpan<byte> bytes, Func<T, ReadOnlySpan<byte>, TResult> act)
    {
        if (!IsOn || Activity.Current is not { } current) return act(state, bytes);
        Activity.Current = null;
        try
        {
            return act(state, bytes);
        }
        finally
        {
            Activity.Current = current;
        }
    }
}
