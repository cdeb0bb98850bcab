using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RedisActors.Demo;

/// <summary>The present state, redrawn ten times a second, and the timeline below it.</summary>
internal sealed class LiveView : IDemoView
{
    private const int LinesBesideTimeline = 11;
    private const int LabelWidth = 14;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly DemoState _state;
    private readonly DemoAccount _account;
    private readonly TimeSpan _duration;
    private readonly RateHistory _rate = new();

    public LiveView(DemoState state, DemoAccount account, TimeSpan duration)
    {
        _state = state;
        _account = account;
        _duration = duration;
    }

    /// <summary>Whether the output is a terminal that can be redrawn.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public Task ShowAsync(CancellationToken end) => AnsiConsole.Live(Draw()).StartAsync(async live =>
    {
        while (!end.IsCancellationRequested)
        {
            live.UpdateTarget(Draw());
            await Task.Delay(Interval, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        live.UpdateTarget(Draw());
    });

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Color(TimelineKind kind) => kind switch
    {
        TimelineKind.Fault => "red",
        TimelineKind.Back => "green",
        TimelineKind.Connection => "cyan",
        TimelineKind.Attempt => "yellow",
        TimelineKind.Error => "white on red",
        _ => "grey",
    };

    private static string Cut(string text, int width) =>
        text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 1)), "…");

    private Rows Draw()
    {
        var sums = _account.Sums;
        var status = _state.Status;
        var connection = ConnectionText.Of(_state.Connection);
        var width = Math.Max(40, AnsiConsole.Profile.Width);
        _rate.Sample(sums.Applied);

        var figures = new Grid().AddColumn(new GridColumn().NoWrap().Width(LabelWidth).PadLeft(1)).AddColumn(new GridColumn().NoWrap());
        AddRow(figures, "connection", $"[bold {connection.Color}]{connection.Word}[/]  {Markup.Escape(connection.Detail)}");
        AddRow(figures, "in flight", Number(status.InFlight));
        AddRow(figures, "stashed", status.Stashed > 0 ? $"[yellow]{Number(status.Stashed)}[/]" : "0");
        AddRow(
            figures,
            "applied per s",
            $"{Number(_rate.Latest),-7} [blue]{Markup.Escape(_rate.Sparkline(width - LabelWidth - 14, AnsiConsole.Profile.Capabilities.Unicode))}[/]");
        AddRow(
            figures,
            "replies",
            $"[green]{Number(sums.Applied)}[/] applied, {Number(sums.Rejected)} rejected, {Number(sums.NotSent)} not sent, "
            + $"{Number(sums.Unknown)} unknown, {Number(sums.Unanswered)} waiting");
        return new Rows(Title(width), Text.Empty, figures, Timeline(width));
    }

    private Markup Title(int width)
    {
        var elapsed = _state.Elapsed < _duration ? _state.Elapsed : _duration;
        var title = string.Create(
            CultureInfo.InvariantCulture,
            $" RedisActors demo   {_state.Endpoint}   {elapsed.TotalSeconds:0.0} s of {_duration.TotalSeconds:0} s");
        return new Markup($"[bold]{Markup.Escape(Cut(title, width))}[/]");
    }

    private Panel Timeline(int width)
    {
        var lines = new List<IRenderable>();
        foreach (var entry in _state.Timeline(Math.Max(4, AnsiConsole.Profile.Height - LinesBesideTimeline)))
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{entry.At.TotalSeconds,7:0.000} s  ");
            lines.Add(new Markup($"[grey]{at}[/][{Color(entry.Kind)}]{Markup.Escape(Cut(entry.Text, width - at.Length - 4))}[/]"));
        }

        return new Panel(new Rows(lines)) { Header = new PanelHeader(" timeline "), Expand = true, Border = BoxBorder.Rounded };
    }

    private static void AddRow(Grid grid, string label, string markup) => grid.AddRow(new Markup($"[grey]{label}[/]"), new Markup(markup));
}

/// <summary>Commands applied per second, over the last minute.</summary>
internal sealed class RateHistory
{
    private const int Kept = 120;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // One rate per half second, the latest last.
    private readonly List<double> _rates = [];
    private long _sampledAt = Stopwatch.GetTimestamp();
    private long _applied;

    public double Latest => _rates.Count == 0 ? 0 : _rates[^1];

    /// <param name="applied">Commands applied since the start.</param>
    public void Sample(long applied)
    {
        var passed = Stopwatch.GetElapsedTime(_sampledAt);
        if (passed < Interval) return;

        _rates.Add((applied - _applied) / passed.TotalSeconds);
        if (_rates.Count > Kept) _rates.RemoveAt(0);
        _sampledAt = Stopwatch.GetTimestamp();
        _applied = applied;
    }

    /// <summary>
    /// The latest rates as bars. A full bar is twice the usual rate or more; otherwise the burst after an outage would flatten the others.
    /// </summary>
    public string Sparkline(int width, bool unicode)
    {
        var steps = unicode ? " ▁▂▃▄▅▆▇█" : " .:-=+*#@";
        var shown = _rates.TakeLast(width).ToArray();
        var usual = shown.Where(rate => rate > 0).Order().ToArray();
        var highest = usual.Length == 0 ? 0 : Math.Min(usual[^1], 2 * usual[usual.Length / 2]);
        return string.Concat(shown.Select(rate => steps[Step(rate)]));

        int Step(double rate) => rate <= 0 || highest <= 0 ? 0 : 1 + (int)Math.Round(Math.Min(1, rate / highest) * (steps.Length - 2));
    }
}
