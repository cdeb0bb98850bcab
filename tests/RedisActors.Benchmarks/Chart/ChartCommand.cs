using System.CommandLine;

namespace RedisActors.Benchmarks.Chart;

/// <summary>The command line of <c>eng/bench chart</c>.</summary>
internal static class ChartCommand
{
    public static Command Command()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "What eng/bench throughput --json printed, one set or several." };
        var output = new Option<FileInfo>("--out")
        {
            Description = "The SVG file to write.",
            HelpName = "FILE",
            DefaultValueFactory = _ => new FileInfo(Path.Combine("docs", "throughput.svg")),
        };
        var command = new Command("chart", "Draws the results of the throughput benchmark as an SVG.") { file.AcceptExistingOnly(), output };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(output), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, FileInfo output, CancellationToken cancellation)
    {
        try
        {
            var svg = ThroughputChart.Draw(ChartData.Read(await File.ReadAllLinesAsync(file.FullName, cancellation)));
            output.Directory!.Create();
            await File.WriteAllTextAsync(output.FullName, svg, cancellation);
            return 0;
        }
        catch (FormatException error)
        {
            await Console.Error.WriteLineAsync($"{file}: {error.Message}");
            return 1;
        }
    }
}
