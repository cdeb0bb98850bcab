using System.CommandLine;
using RedisActors.Benchmarks;
using RedisActors.Benchmarks.Outage;

var root = new RootCommand("Measures RedisActors and what it stands on. Use a Release build.")
{
    MailboxBenchmark.Command(),
    OutageCommand.Command(),
};

return await root.Parse(args).InvokeAsync();
