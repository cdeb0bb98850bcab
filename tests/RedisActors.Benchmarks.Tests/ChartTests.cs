using System.Text.Json;
using System.Xml.Linq;
using RedisActors.Benchmarks.Chart;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class ChartTests
{
    private static readonly ThroughputCase Case = new()
    {
        Set = "windows", InFlight = 10, ValueBytes = 3, Lanes = 1, Connections = 1, Nodes = 1, Latency = false,
    };

    [Fact]
    public void The_places_are_in_order_and_a_row_that_was_not_measured_at_one_has_no_value_there()
    {
        var panel = Assert.Single(ChartData.Read(
        [
            Line(Case with { InFlight = 1_000 }, "tell", 40, 20),
            Line(Case, "tell", 4, 2),
            Line(Case, "execute", 3, 2),
        ]));

        Assert.Equal(["10", "1,000"], panel.Places);
        Assert.Equal(["RedisActors, tell", "RedisActors, execute", "plain StackExchange.Redis"], panel.Series.Select(series => series.Name));
        Assert.Equal([4, 40], panel.Series[0].Values);
        Assert.Equal([3, null], panel.Series[1].Values);
    }

    [Fact]
    public void The_plain_client_is_shown_once_with_the_median_of_what_was_measured_beside_each_row()
    {
        var panel = Assert.Single(ChartData.Read([Line(Case, "tell", 4, 2), Line(Case, "execute", 3, 6), Line(Case, "ask", 1, 3)]));

        var plain = Assert.Single(panel.Series, series => series.IsPlain);
        Assert.Equal([3], plain.Values);
    }

    [Fact]
    public void Each_set_has_a_panel_and_each_window_of_the_latencies()
    {
        var panels = ChartData.Read(AllSets());

        Assert.Equal(
            [
                "Throughput", "Windows", "Sizes of values", "Lanes", "Latency, 1 in flight", "Latency, 100 in flight", "Connections",
                "Redis Cluster", "Drain after an outage",
            ],
            panels.Select(panel => panel.Title));
        Assert.Equal(["3 B", "1 kB", "100 kB", "1 MB"], panels[2].Places);
    }

    [Theory]
    [InlineData("", "There is no row of eng/bench throughput --json.")]
    [InlineData("round", "Line 1 is no row of eng/bench throughput --json: ")]
    [InlineData("{}", "Line 1 is no row of eng/bench throughput --json: ")]
    [InlineData("""{"set":"windows"}""", "Line 1 is no row of eng/bench throughput --json: ")]
    public void What_is_no_row_is_named(string line, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => ChartData.Read([line])).Message);

    [Fact]
    public void The_drawing_names_both_clients_and_what_the_axes_are()
    {
        var panels = ChartData.Read(AllSets());
        var svg = XDocument.Parse(ThroughputChart.Draw(panels));
        string[] texts = [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

        foreach (var panel in panels)
        {
            Assert.Contains(panel.Title, texts);
            Assert.Contains(panel.XLabel, texts);
            Assert.Contains(panel.IsLogarithmic ? $"{panel.YLabel} (logarithmic)" : panel.YLabel, texts);
        }

        Assert.Equal(panels.Count, texts.Count(text => text == "plain StackExchange.Redis"));
        Assert.Equal(panels.Count, texts.Count(text => text == "RedisActors, tell"));
        Assert.Contains("2.00 ×", texts);
    }

    /// <summary>Skia draws a canvas that is cleared to transparent as a black one, and a chart that is laid out while it is drawn twice.</summary>
    [Fact]
    public void No_panel_paints_over_the_others()
    {
        var panels = ChartData.Read(AllSets());
        var svg = XDocument.Parse(ThroughputChart.Draw(panels));

        var backgrounds = svg.Root!.Elements().Where(element => element.Name.LocalName == "rect" && element.Attribute("height")!.Value == "440");
        var whole = svg.Root.Elements().Where(element => element.Attribute("height")?.Value == svg.Root.Attribute("height")!.Value);
        Assert.Equal(panels.Count, backgrounds.Count());
        Assert.Equal("white", Assert.Single(whole).Attribute("fill")?.Value);
    }

    [Fact]
    public void Text_has_no_open_list_of_positions_and_no_line_breaks() => Assert.Equal(
        """<text font-family="A, B" x="1, 2" y="3">two words</text>""",
        SvgText.Repair("<text font-family=\"A\" x=\"1, 2, \" y=\"3, \">\n\t\ttwo words\n\t</text>", "A", "A, B"));

    private static IEnumerable<string> AllSets() =>
    [
        .. ThroughputSet.All.SelectMany(set => set.Cases()).Select(which => Line(which, "tell", 4, 2)),
        JsonSerializer.Serialize(DrainLine.Of("tell", 1_000, [new(new DrainFigures(200, 100, 10), new DrainFigures(50, 100, 20))])),
    ];

    private static string Line(ThroughputCase which, string row, double ours, double plain) =>
        JsonSerializer.Serialize(ThroughputLine.Of(which, row, [new(Of(ours), Of(plain))]));

    private static Figures Of(double rate) => new(rate, 1, 1) { Latency = new LatencyFigures(1, 2, 3) };
}
