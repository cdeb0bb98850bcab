using System.Collections.Concurrent;
using System.Diagnostics;
using Hangfire;
using Hangfire.Redis.StackExchange;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>Hangfire with Redis as its storage: every job that was enqueued is executed.</summary>
public sealed class HangfireTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PlainPatience = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.ExactlyOnce)]
    public async Task Jobs_are_enqueued_and_executed_during_an_outage(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        var storage = new RedisStorage(run.Multiplexer, new RedisStorageOptions { FetchTimeout = TimeSpan.FromMilliseconds(200) });
        var jobs = new BackgroundJobClient(storage);
        var enqueued = new ConcurrentBag<string>();
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = 4, ShutdownTimeout = TimeSpan.FromSeconds(1), StopTimeout = TimeSpan.FromSeconds(1) }, storage);

        await run.UnderLoadAsync(4, _ =>
        {
            var id = $"{client}-{Guid.NewGuid()}";
            jobs.Enqueue(() => ExecutedJobs.Execute(id));
            enqueued.Add(id);
            return Task.CompletedTask;
        });
        var clock = Stopwatch.StartNew();
        while (enqueued.Any(id => ExecutedJobs.Times(id) == 0) && clock.Elapsed < (client == Client.Plain ? PlainPatience : Patience))
        {
            await Task.Delay(20);
        }

        var missing = enqueued.Count(id => ExecutedJobs.Times(id) == 0);
        var twice = enqueued.Count(id => ExecutedJobs.Times(id) > 1);
        run.Report(output, "Hangfire", $"{enqueued.Count} enqueued, {missing} not executed, {twice} more than once");
        if (client == Client.Plain) return;
        Assert.Empty(run.Failures);
        Assert.Equal(0, missing);
    }
}

/// <summary>What Hangfire executes, and how many times it did.</summary>
public static class ExecutedJobs
{
    private static readonly ConcurrentDictionary<string, int> Executed = new();

    public static void Execute(string id) => Executed.AddOrUpdate(id, 1, (_, times) => times + 1);

    public static int Times(string id) => Executed.GetValueOrDefault(id);
}
