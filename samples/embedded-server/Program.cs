using System.CommandLine;
using RedisActors.Samples.EmbeddedServer;

var port = new Option<int>("--port")
{
    Description = "The port, on 127.0.0.1.",
    HelpName = "N",
    DefaultValueFactory = _ => 6379,
};
var folder = new Option<DirectoryInfo?>("--folder")
{
    Description = "Where the data are kept. By default a temporary folder, which is removed at the end.",
    HelpName = "DIR",
};
var memory = new Option<string>("--memory")
{
    Description = "How much data stay in memory, such as 256m; the rest goes to disk.",
    HelpName = "SIZE",
    DefaultValueFactory = _ => "256m",
};
var owned = new Option<bool>("--owned")
{
    Description = "For a program that starts this one: Ctrl-C is ignored, and the folder is removed at the end unless the line "
        + "'keep' came over standard input.",
};
var root = new RootCommand(
    "A Redis-compatible server (Garnet) for machines without redis-server. It prints a line when it serves, and stops in good order "
    + "when its standard input ends, or at Ctrl-C. For trying things out: neither is it as durable as Redis, nor does it do all that "
    + "Redis does; see docs/servers.md.")
{
    port, folder, memory, owned,
};
root.SetAction(parsed =>
{
    var data = parsed.GetValue(folder);
    var isOwned = parsed.GetValue(owned);
    var removeData = data is null || isOwned;
    data ??= Directory.CreateTempSubdirectory("redis-actors-");
    data.Create();
    using var life = new Lifetime(isOwned);
    try
    {
        GarnetProcess.Run(parsed.GetValue(port), data.FullName, parsed.GetRequiredValue(memory), life);
        return 0;
    }
    catch (Exception error) when (error is not OutOfMemoryException)
    {
        Console.Error.WriteLine($"The server cannot go on. {error.Message}");
        return 1;
    }
    finally
    {
        if (removeData && !life.KeepData) data.Delete(recursive: true);
    }
});
return root.Parse(args).Invoke();
