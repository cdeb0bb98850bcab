using System.Globalization;
using System.Threading.Channels;

namespace RedisActors.Demo;

/// <summary>Shows the run.</summary>
internal interface IDemoView
{
    /// <summary>Shows the run until <paramref name="end"/>, and then whatever was reported before.</summary>
    Task ShowAsync(CancellationToken end);
}

/// <summary>A state of the connection as text.</summary>
/// <param name="Word">One or two words.</param>
/// <param name="Color">Its colour in the live view.</param>
/// <param name="Detail">The rest.</param>
internal sealed record ConnectionText(string Word, string Color, string Detail)
{
    public static ConnectionText Of(RedisConnectionEvent? state) => state switch
    {
        RedisReady ready => new("ready", "green", $"epoch {ready.Epoch}, client id {ready.ClientId}"),
        RedisConnecting connecting => new("connecting", "yellow", $"epoch {connecting.Epoch}, attempt {connecting.Attempt}"),
        RedisBackingOff waiting => new(
            "backing off", "yellow", $"epoch {waiting.Epoch}, attempt {waiting.Attempt} after {waiting.Delay.TotalMilliseconds:0} ms"),
        RedisLost lost => new("lost", "red", $"epoch {lost.Epoch}"),
        RedisGaveUp gaveUp => new("gave up", "red", $"epoch {gaveUp.Epoch}"),
        _ => new("starting", "grey", string.Empty),
    };
}

/// <summary>A line for each event, and every two seconds one for the status.</summary>
internal sealed class PlainView : IDemoView
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    private readonly DemoState _state;
    private readonly DemoAccount _account;

    // Nobody who reports an event waits for the terminal.
    private readonly Channel<TimelineEntry> _reported = Channel.CreateUnbounded<TimelineEntry>();

    public PlainView(DemoState state, DemoAccount account)
    {
        _state = state;
        _account = account;
        _state.Reported += entry => _reported.Writer.TryWrite(entry);
    }

    public async Task ShowAsync(CancellationToken end)
    {
        var statusDue = StatusInterval;
        while (!end.IsCancellationRequested)
        {
            PrintReported();
            if (_state.Elapsed >= statusDue)
            {
                PrintStatus();
                statusDue += StatusInterval;
            }

            using var untilStatus = CancellationTokenSource.CreateLinkedTokenSource(end);
            untilStatus.CancelAfter(TimeSpan.FromMilliseconds(Math.Max(1, (statusDue - _state.Elapsed).TotalMilliseconds)));
            try
            {
                await _reported.Reader.WaitToReadAsync(untilStatus.Token);
            }
            catch (OperationCanceledException)
            {
                // The status is due, or this is the end.
            }
        }

        PrintReported();
    }

    private static void Print(TimeSpan at, string text) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,7:0.000} s  {text}"));

    private void PrintReported()
    {
        while (_reported.Reader.TryRead(out var entry)) Print(entry.At, entry.Text);
    }

    private void PrintStatus()
    {
        var sums = _account.Sums;
        var status = _state.Status;
        Print(_state.Elapsed, string.Create(
            CultureInfo.InvariantCulture,
            $"{ConnectionText.Of(_state.Connection).Word}: sent {sums.Sent}, applied {sums.Applied}, rejected {sums.Rejected}, "
            + $"not sent {sums.NotSent}, unknown {sums.Unknown}, in flight {status.InFlight}, stashed {status.Stashed}"));
    }
}
