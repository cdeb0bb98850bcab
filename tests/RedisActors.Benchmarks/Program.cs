using System.CommandLine;
using RedisActors.Benchmarks;
using RedisActors.Benchmarks.Chart;
using RedisActors.Benchmarks.Detection;
using RedisActors.Benchmarks.Herd;
using RedisActors.Benchmarks.Outage;
using RedisActors.Benchmarks.Recovery;
using RedisActors.Benchmarks.Remote;
using RedisActors.Benchmarks.Sessions;
using RedisActors.Benchmarks.Throughput;

var root = new RootCommand("Measures RedisActors and what it stands on. Use a Release build.")
{
    MailboxBenchmark.Command(),
    OutageCommand.Command(),
    RecoveryCommand.Command(),
    ThroughputCommand.Command(),
    SessionsCommand.Command(),
    RemoteBenchmark.Command(),
    ChartCommand.Command(),
    HerdCommand.Command(),
    DetectionCommand.Command(),
};

return await root.Parse(args).InvokeAsync();
