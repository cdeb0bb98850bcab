using System.Globalization;
using System.Threading.Channels;

namespace RedisActors.Demo;

/// <summary>A line for each event, and now and then one that says how things stand.</summary>
internal sealed class PlainView : IDemoView
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    private readonly DemoState _state;
    private readonly DemoAccount _account;

    // Who tells of an event shall not wait for the terminal.
    private readonly Channel<TimelineEntry> _told = Channel.CreateUnbounded<TimelineEntry>();

    public PlainView(DemoState state, DemoAccount account)
    {
        _state = state;
        _account = account;
        _state.Told += entry => _told.Writer.TryWrite(entry);
    }

    public async Task ShowAsync(CancellationToken end)
    {
        var statusDue = StatusInterval;
        while (!end.IsCancellationRequested)
        {
            while (_told.Reader.TryRead(out var entry)) Print(entry.At, entry.Text);
            if (_state.Elapsed >= statusDue)
            {
                PrintStatus();
                statusDue += StatusInterval;
            }

            using var untilStatus = CancellationTokenSource.CreateLinkedTokenSource(end);
            untilStatus.CancelAfter(TimeSpan.FromMilliseconds(Math.Max(1, (statusDue - _state.Elapsed).TotalMilliseconds)));
            try
            {
                await _told.Reader.WaitToReadAsync(untilStatus.Token);
            }
            catch (OperationCanceledException)
            {
                // The status is due, or the end has come.
            }
        }

        while (_told.Reader.TryRead(out var entry)) Print(entry.At, entry.Text);
    }

    private static void Print(TimeSpan at, string text) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,7:0.000} s  {text}"));

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
