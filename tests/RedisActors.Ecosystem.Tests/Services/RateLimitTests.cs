using System.Threading.RateLimiting;
using RedisRateLimiting;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>RedisRateLimiting: never more than the limit, and no call that fails.</summary>
public sealed class RateLimitTests(ITestOutputHelper output)
{
    private const int Callers = 8;
    private const int Limit = 1000;

    // The window outlasts the test, so what it grants in all is its limit.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.ExactlyOnce)]
    public async Task A_fixed_window_grants_its_limit(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        await using var limiter = new RedisFixedWindowRateLimiter<string>("orders", new RedisFixedWindowRateLimiterOptions
        {
            ConnectionMultiplexerFactory = () => run.Multiplexer,
            PermitLimit = Limit,
            Window = Window,
        });

        await CheckAsync(client, run, limiter, "fixed window");
    }

    [Fact]
    public async Task A_token_bucket_grants_its_limit()
    {
        await using var run = await OutageRun.StartAsync(Client.ExactlyOnce);
        await using var limiter = new RedisTokenBucketRateLimiter<string>("orders", new RedisTokenBucketRateLimiterOptions
        {
            ConnectionMultiplexerFactory = () => run.Multiplexer,
            TokenLimit = Limit,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = Window,
        });

        await CheckAsync(Client.ExactlyOnce, run, limiter, "token bucket");
    }

    /// <summary>With the plain client, a permit whose reply was lost is granted to nobody.</summary>
    private async Task CheckAsync(Client client, OutageRun run, RateLimiter limiter, string kind)
    {
        var granted = 0;
        await run.UnderLoadAsync(Callers, _ => AcquireAsync());
        while (await AcquireAsync())
        {
        }

        run.Report(output, $"RedisRateLimiting, {kind}", $"{granted} of {Limit} granted");
        Assert.InRange(granted, 1, Limit);
        if (client == Client.Plain) return;
        Assert.Empty(run.Failures);
        Assert.Equal(Limit, granted);

        async Task<bool> AcquireAsync()
        {
            using var lease = await limiter.AcquireAsync();
            if (lease.IsAcquired) Interlocked.Increment(ref granted);
            return lease.IsAcquired;
        }
    }
}
