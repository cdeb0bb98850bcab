using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>Microsoft.AspNetCore.DataProtection.StackExchangeRedis</c>.</summary>
public sealed class DataProtectionTests
{
    private const string List = "DataProtection-Keys";

    [Fact]
    public async Task Every_key_is_stored_once_while_the_server_is_killed()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.ExactlyOnce);

        var (calls, created, stored) = await CreateKeysAsync(redis);

        Assert.Empty(calls.Failed);
        Assert.Equal(created.Order(), stored.Order());
    }

    [Fact]
    public async Task An_application_that_starts_while_the_server_is_away_gets_the_keys_of_the_others()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.ExactlyOnce);
        string secret;
        await using (var first = Protection(redis))
        {
            secret = first.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookies").Protect("user 17");
        }

        redis.Server.Kill();
        await using var late = await Redis.StartAsync(Client.Supervised, DeliveryMode.ExactlyOnce, redis.Server);
        await using var second = Protection(late);
        var reading = Task.Run(() => second.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookies").Unprotect(secret));
        await Task.Delay(300);
        Assert.False(reading.IsCompleted);
        await redis.Server.StartAgainAsync();

        Assert.Equal("user 17", await reading);
    }

    /// <summary>Creates keys; which were created, as far as the application was told, and which the server has.</summary>
    internal static async Task<(Calls Calls, List<Guid> Created, List<Guid> Stored)> CreateKeysAsync(Redis redis)
    {
        var created = new ConcurrentBag<Guid>();
        await using var protection = Protection(redis);
        var keys = protection.GetRequiredService<IKeyManager>();

        var calls = await Calls.ThroughOutageAsync(redis.Server, _ =>
        {
            var now = DateTimeOffset.UtcNow;
            created.Add(keys.CreateNewKey(now, now.AddDays(90)).KeyId);
            return Task.CompletedTask;
        }, away: redis.Away);

        await using var probe = await redis.Server.ConnectAsync();
        var stored = (await probe.ExecuteAsync("LRANGE", List, "0", "-1")).OrThrow();
        return (calls, [.. created], [.. stored.Items.Select(item => Guid.Parse(XElement.Parse(item.Text).Attribute("id")!.Value))]);
    }

    internal static ServiceProvider Protection(Redis redis)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("shop").PersistKeysToStackExchangeRedis(redis.Multiplexer, List);
        return services.BuildServiceProvider();
    }
}
