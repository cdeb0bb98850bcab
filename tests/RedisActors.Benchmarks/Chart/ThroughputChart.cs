using System.Globalization;
using System.Text;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace RedisActors.Benchmarks.Chart;

/// <summary>Draws the panels with ScottPlot, two beside each other, as an SVG whose text is text.</summary>
internal static class ThroughputChart
{
    private const int Columns = 2;
    private const int PanelWidth = 620;
    private const int PanelHeight = 440;
    private const int TextSize = 14;
    private const int SmallTextSize = 12;

    /// <summary>The font that the text is measured with, and those of the same width that most viewers have one of.</summary>
    private const string Font = "DejaVu Sans";
    private const string ViewersFonts = "DejaVu Sans, Verdana, Geneva, sans-serif";

    private static readonly Color PlainColour = Color.FromHex("#6B7280");

    /// <summary>Distinct for those who do not see red and green apart, too (Okabe and Ito).</summary>
    private static readonly IReadOnlyDictionary<string, Color> Colours = new Dictionary<string, Color>
    {
        ["RedisActors, tell"] = Color.FromHex("#0072B2"),
        ["RedisActors, tell-exactly-once"] = Color.FromHex("#D55E00"),
        ["RedisActors, execute"] = Color.FromHex("#009E73"),
        ["RedisActors, ask"] = Color.FromHex("#CC79A7"),
    };

    public static string Draw(IReadOnlyList<ChartPanel> panels)
    {
        var columns = Math.Min(Columns, panels.Count);
        var rows = (panels.Count + columns - 1) / columns;
        var (width, height) = (columns * PanelWidth, rows * PanelHeight);
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
        {
            canvas.Clear(SKColors.White);
            foreach (var (number, panel) in panels.Index())
            {
                var (left, top) = (number % columns * PanelWidth, number / columns * PanelHeight);
                var plot = PlotOf(panel);

                // Drawn once elsewhere, so that its layout is known: otherwise the SVG has everything twice. Nor may a plot clear
                // the canvas, which has the others.
                plot.RenderInMemory(PanelWidth, PanelHeight);
                plot.RenderManager.ClearCanvasBeforeEachRender = false;
                plot.Render(canvas, new PixelRect(left, left + PanelWidth, top + PanelHeight, top));
            }
        }

        var svg = Encoding.UTF8.GetString(stream.ToArray());
        return SvgText.Repair(svg, Font, ViewersFonts);
    }

    private static Plot PlotOf(ChartPanel panel)
    {
        var plot = new Plot();
        if (panel.HasLines) AddLines(plot, panel);
        else AddBars(plot, panel);

        plot.Title(panel.Title, TextSize + 2);
        plot.XLabel(panel.XLabel, TextSize);
        plot.YLabel(panel.IsLogarithmic ? $"{panel.YLabel} (logarithmic)" : panel.YLabel, TextSize);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. panel.Places.Select((_, i) => (double)i)], [.. panel.Places]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = SmallTextSize;
        plot.Axes.Left.TickLabelStyle.FontSize = SmallTextSize;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Font.Set(Font);

        // Beneath the data and not on it.
        var legend = plot.ShowLegend(Edge.Bottom).Legend;
        legend.FontSize = SmallTextSize;
        legend.FontName = Font;
        legend.Orientation = Orientation.Horizontal;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        return plot;
    }

    private static void AddLines(Plot plot, ChartPanel panel)
    {
        foreach (var series in panel.Series)
        {
            var points = series.Values.Index().Where(point => point.Item is not null).ToArray();
            var line = plot.Add.Scatter(
                points.Select(point => (double)point.Index).ToArray(),
                points.Select(point => Height(point.Item!.Value)).ToArray());
            line.LegendText = series.Name;
            line.Color = ColourOf(series);
            line.LineWidth = 2;
            line.MarkerSize = series.IsPlain ? 9 : 7;
            line.MarkerShape = series.IsPlain ? MarkerShape.FilledSquare : MarkerShape.FilledCircle;
        }

        plot.Axes.SetLimitsX(-0.3, panel.Places.Count - 0.7);
        if (panel.IsLogarithmic) SetPowersOfTen(plot, panel);
        else SetFromZero(plot, panel);

        double Height(double value) => panel.IsLogarithmic ? Math.Log10(value) : value;
    }

    private static void AddBars(Plot plot, ChartPanel panel)
    {
        const double Group = 0.8;
        var width = Group / panel.Series.Count;
        var plain = panel.Series.Single(series => series.IsPlain);
        foreach (var (number, series) in panel.Series.Index())
        {
            var bars = series.Values.Index().Where(bar => bar.Item is not null).Select(bar => new Bar
            {
                Position = bar.Index - Group / 2 + width * (number + 0.5),
                Value = bar.Item!.Value,
                Size = width * 0.9,
                FillColor = ColourOf(series),
                LineWidth = 0,
                Label = series.IsPlain ? string.Empty : RatioOf(bar.Item.Value, plain.Values[bar.Index]),
            });
            var group = plot.Add.Bars(bars.ToArray());
            group.LegendText = series.Name;
            group.ValueLabelStyle.FontSize = SmallTextSize;
            group.ValueLabelStyle.FontName = Font;
        }

        plot.Axes.SetLimitsX(-0.6, panel.Places.Count - 0.4);
        SetFromZero(plot, panel);
    }

    /// <summary>Room for the ratios above the bars.</summary>
    private static void SetFromZero(Plot plot, ChartPanel panel)
    {
        plot.Axes.SetLimitsY(0, panel.Series.SelectMany(series => series.Values).Max()!.Value * 1.12);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = Short };
    }

    private static void SetPowersOfTen(Plot plot, ChartPanel panel)
    {
        double[] logs = [.. panel.Series.SelectMany(series => series.Values).OfType<double>().Select(Math.Log10)];
        var (bottom, top) = (Math.Floor(logs.Min()), Math.Ceiling(logs.Max()));
        plot.Axes.SetLimitsY(bottom, top);
        var ticks = new NumericManual();
        for (var power = (int)bottom; power <= top; power++)
        {
            ticks.AddMajor(power, Short(Math.Pow(10, power)));
            for (var digit = 2; digit < 10 && power < top; digit++) ticks.AddMinor(power + Math.Log10(digit));
        }

        plot.Axes.Left.TickGenerator = ticks;
    }

    private static Color ColourOf(ChartSeries series) =>
        series.IsPlain ? PlainColour : Colours.GetValueOrDefault(series.Name, Color.FromHex("#E69F00"));

    private static string RatioOf(double ours, double? plain) =>
        plain is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{ours / plain.Value:0.00} ×");

    private static string Short(double value) => value switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##} M"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"),
    };
}
