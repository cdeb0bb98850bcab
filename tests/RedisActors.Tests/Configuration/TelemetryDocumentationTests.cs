using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RedisActors.Tests.Configuration;

/// <summary><c>docs/telemetry.md</c> and the dashboard speak of what is emitted, and of all of it.</summary>
public sealed partial class TelemetryDocumentationTests
{
    private static readonly Dictionary<string, (string Kind, string Unit, string[] Tags)> Documented = Repository.Read("docs/telemetry.md")
        .Split('\n')
        .Select(line => Row().Match(line))
        .Where(row => row.Success)
        .ToDictionary(
            row => row.Groups["name"].Value,
            row => (
                row.Groups["kind"].Value, row.Groups["unit"].Value,
                Code().Matches(row.Groups["tags"].Value).Select(tag => tag.Groups["code"].Value).ToArray()));

    [Fact]
    public void The_page_has_every_instrument_with_its_kind_and_unit()
    {
        var emitted = Instruments().ToDictionary(instrument => instrument.Name, instrument => (KindOf(instrument), instrument.Unit!));

        Assert.Equal(emitted.OrderBy(each => each.Key), Documented.ToDictionary(each => each.Key, each => (each.Value.Kind, each.Value.Unit)).OrderBy(each => each.Key));
    }

    [Fact]
    public void The_queries_of_the_dashboard_are_about_metrics_that_Prometheus_has_of_us()
    {
        var names = Instruments().SelectMany(InPrometheus).ToHashSet();

        var asked = Queries().SelectMany(query => Metric().Matches(query)).Select(metric => metric.Value).ToHashSet();

        Assert.Empty(asked.Except(names));
        Assert.True(asked.Count >= 14, $"{asked.Count} metrics are asked for");
    }

    [Fact]
    public void The_queries_of_the_dashboard_name_labels_that_their_metric_has()
    {
        foreach (var query in Queries())
        {
            var metric = Metric().Match(query).Value;
            var tags = Documented.Single(each => metric.StartsWith(each.Key.Replace('.', '_'), StringComparison.Ordinal)).Value.Tags
                .Select(tag => tag.Replace('.', '_'))
                .Append("le")
                .ToHashSet();
            var labels = Label().Matches(query).Select(label => label.Groups["label"].Value)
                .Concat(Grouping().Matches(query).SelectMany(by => by.Groups["labels"].Value.Split(", ")));

            Assert.Empty(labels.Except(tags));
        }
    }

    [Fact]
    public void No_two_panels_of_the_dashboard_lie_on_each_other()
    {
        var cells = Panels().SelectMany(panel =>
        {
            var at = panel.GetProperty("gridPos");
            int Of(string name) => at.GetProperty(name).GetInt32();
            return from x in Enumerable.Range(Of("x"), Of("w")) from y in Enumerable.Range(Of("y"), Of("h")) select (x, y);
        }).ToArray();

        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));
    }

    private static JsonElement[] Panels() =>
        [.. JsonDocument.Parse(Repository.Read("docs/grafana-dashboard.json")).RootElement.GetProperty("panels").EnumerateArray()];

    private static IEnumerable<string> Queries() =>
        Panels().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!);

    private static List<Instrument> Instruments()
    {
        List<Instrument> all = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == RedisMetrics.MeterName) all.Add(instrument);
        };
        listener.Start();
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(RedisMetrics).TypeHandle);
        return all;
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "UpDownCounter" or "ObservableUpDownCounter" => "up-down counter",
        "Histogram" => "histogram",
        var other => other,
    };

    /// <summary>https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/.</summary>
    private static IEnumerable<string> InPrometheus(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : string.Empty);
        return KindOf(instrument) switch
        {
            "counter" => [name + "_total"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \| (?<kind>[a-z-]+( counter)?), `(?<unit>[^`]+)` \| (?<tags>[^|]*) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b(redisactors|db_client)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("""[{,](?<label>[a-z_]+)(=~|!~|!=|=)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"by \((?<labels>[a-z_, ]+)\)")]
    private static partial Regex Grouping();
}
