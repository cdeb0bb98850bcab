using System.CommandLine;
using RedisActors.Benchmarks;

var root = new RootCommand("Measures RedisActors and what it stands on. Use a Release build.")
{
    MailboxBenchmark.Command(),
};

return await root.Parse(args).InvokeAsync();
