using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using RedisActors.ClusterMatrix;

var faults = Names("--faults", "Which faults, with commas between them; all by default.", Fault.All.Select(fault => fault.Name));
var ways = Names("--ways", "Which ways of serving.", Ways.All);
var seconds = Number("--seconds", "How long the load goes on before a fault, and after it.", 3);
var inFlight = Number("--in-flight", "How many commands are unanswered at a time.", 500);
var atATime = Number("--parallel", "How many rows run side by side.", 1);
var write = new Option<bool>("--write") { Description = "Puts the rows into docs/akka-cluster.md; those that were not run stay." };
var json = new Option<bool>("--json") { Description = "The figures as JSON." };
var logs = new Option<string?>("--logs") { Description = "A folder where what the nodes say is kept." };
var root = new RootCommand("Faults of nodes and networks in an Akka cluster, for each way of serving Redis and each delivery mode.")
{
    faults, ways, seconds, inFlight, atATime, write, json, logs,
};

root.SetAction(async (arguments, canceled) =>
{
    using var end = CancellationTokenSource.CreateLinkedTokenSource(canceled);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        end.Cancel();
    });
    IReadOnlyList<RowResult> rows;
    try
    {
        rows = await new MatrixRun(arguments.GetValue(seconds), arguments.GetValue(inFlight), arguments.GetValue(logs), end.Token)
            .RunAsync(arguments.GetValue(faults)!, arguments.GetValue(ways)!, arguments.GetValue(atATime));
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Ended early.");
        return 130;
    }

    Console.WriteLine(arguments.GetValue(json) ? JsonSerializer.Serialize(rows) : MatrixTable.ToMarkdown(rows));
    if (arguments.GetValue(write))
    {
        var order = Fault.All.SelectMany(fault => Ways.All.Select(way => (fault.Name, way)));

        // artifacts/bin/NAME/release
        var document = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs/akka-cluster.md"));
        File.WriteAllText(document, MatrixTable.Replace(File.ReadAllText(document), rows, order));
    }

    return MatrixTable.IsClean(rows) ? 0 : 1;
});

// The processes of a row and of a node are this program too.
var plan = new Argument<string>("plan");
var row = new Command("row") { Hidden = true, Arguments = { plan } };
row.SetAction(async (arguments, _) =>
{
    var what = JsonSerializer.Deserialize<RowPlan>(arguments.GetValue(plan)!)!;
    await File.WriteAllTextAsync(what.ResultFile, JsonSerializer.Serialize(await new Row(what).RunAsync()), CancellationToken.None);
    return 0;
});
var node = new Command("node") { Hidden = true, Arguments = { plan } };
node.SetAction(async (arguments, _) =>
{
    await MatrixNode.RunAsync(JsonSerializer.Deserialize<NodePlan>(arguments.GetValue(plan)!)!);
    return 0;
});
root.Add(row);
root.Add(node);

// A run that is ended removes its networks, which takes longer than the two seconds of the default.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

static Option<int> Number(string name, string description, int usual) => new(name) { Description = description, DefaultValueFactory = _ => usual };

static Option<string[]> Names(string name, string description, IEnumerable<string> all)
{
    string[] known = [.. all];
    var option = new Option<string[]>(name)
    {
        Description = $"{description} ({string.Join(", ", known)})",
        DefaultValueFactory = _ => known,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(','))],
    };
    option.Validators.Add(result =>
    {
        foreach (var unknown in result.Tokens.SelectMany(token => token.Value.Split(',')).Except(known))
        {
            result.AddError($"{name}: there is no {unknown}.");
        }
    });
    return option;
}
