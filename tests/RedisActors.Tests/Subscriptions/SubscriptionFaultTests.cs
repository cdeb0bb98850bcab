using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Subscriptions;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Subscriptions;

/// <summary>
/// Ten faults while numbers are published: what a subscriber received and the gaps that it was told cover every number; one that is told
/// what it missed from a stream has every number, once, in order.
/// </summary>
public sealed class SubscriptionFaultTests : ServerSpec
{
    private const string Quick = "heartbeat { interval = 100ms, timeout = 400ms }\nbackoff { min = 10ms, max = 200ms, poll-interval = 20ms }";

    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(700);

    public static TheoryData<string> Faults =>
    [
        "cut", "end", "half-open", "stall", "cut in a message", "refuse", "kill", "suspend", "client kill", "pause",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_number_is_received_or_in_a_told_gap(string fault)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, Quick);
        var (plain, account) = SubscriberAccount.Open(Kit.Sys);
        var (filled, fullAccount) = SubscriberAccount.Open(Kit.Sys);
        redis.Tell(new Subscribe("news", plain));
        redis.Tell(new Subscribe("news", filled) { Backfill = new RedisBackfill("news-stream") });
        await UntilAsync(() => account.Told.Count + fullAccount.Told.Count == 2);
        await using var publisher = new NumberedPublisher(Server.ConnectAsync, "news", "news-stream");
        await ReachAsync(account, 1);

        // Only then is it known of each number that was added before that it has come.
        await Task.Delay(BackfillLog.Overlap + TimeSpan.FromSeconds(1.5));

        for (var times = 0; times < 3; times++)
        {
            var gaps = account.Gaps.Count;
            await InflictAsync(fault, proxy);
            await UntilAsync(() => account.Gaps.Count > gaps && fullAccount.Gaps.Count > gaps);
            await ReachAsync(account, publisher.Published.Keys.DefaultIfEmpty().Max() + 50);
        }

        await publisher.StopAsync();
        var last = publisher.Published.Keys.Max();
        await ReachAsync(account, last);
        await ReachAsync(fullAccount, last);

        Assert.Null(account.WrongOfGaps(publisher.Published));
        Assert.Null(fullAccount.WrongOfAll(publisher.Published));
    }

    private async Task ReachAsync(SubscriberAccount account, long number) =>
        await UntilAsync(() => account.Latest >= number);

    private Task UntilAsync(Func<bool> condition) =>
        Kit.AwaitConditionAsync(() => Task.FromResult(condition()), Patience, TimeSpan.FromMilliseconds(20));

    private async Task InflictAsync(string fault, FaultProxy proxy)
    {
        switch (fault)
        {
            case "cut":
                proxy.Cut();
                break;
            case "end":
                proxy.HalfClose(FaultDirection.ToClient);
                break;
            case "half-open":
                proxy.Blackhole();
                await Task.Delay(AMoment);
                proxy.Pass();
                break;
            case "stall":
                proxy.Stall();
                await Task.Delay(AMoment);
                proxy.Pass();
                break;
            case "cut in a message":
                proxy.CutAfter(FaultDirection.ToClient, 1_234);
                break;
            case "refuse":
                proxy.Refuse();
                proxy.Cut();
                await Task.Delay(AMoment);
                proxy.Accept();
                break;
            case "kill":
                Server.Kill();
                await Task.Delay(AMoment);
                await Server.StartAgainAsync();
                break;
            case "suspend":
                Server.Suspend();
                await Task.Delay(AMoment);
                Server.Resume();
                break;
            case "client kill":
                await Server.KillClientsAsync();
                break;
            default:
                (await Server.ExecuteAsync("CLIENT", "PAUSE", "1500", "ALL")).OrThrow();
                break;
        }
    }
}
