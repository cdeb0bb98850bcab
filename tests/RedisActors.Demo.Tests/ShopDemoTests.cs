using System.Text.RegularExpressions;

namespace RedisActors.Demo.Tests;

/// <summary><c>eng/demo --shop</c>: the sample shop, with customers, and a Redis that is killed.</summary>
public sealed partial class ShopDemoTests
{
    [Fact]
    public async Task The_shop_is_open_at_a_local_address_and_loses_and_doubles_no_order()
    {
        using var demo = DemoProcess.Start("--shop", "--seconds", "10", "--rate", "100", "--faults", "kill,client-kill", "--server", "redis");
        var open = await demo.ReadUntilAsync("The shop is open at ");
        using var http = new HttpClient();
        Assert.Contains("<h1>Shop</h1>", await http.GetStringAsync(open.Split("open at ")[1]));

        var lines = await demo.ReadToEndAsync();

        Assert.True(demo.ExitCode == 0, string.Join('\n', lines));
        Assert.Contains(lines, line => line.Contains("kill -9", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("CLIENT KILL", StringComparison.Ordinal));
        Assert.Matches(Ledger(), lines[^1]);
    }

    [Fact]
    public async Task A_signal_ends_it_with_its_ledger_and_leaves_nothing_behind()
    {
        using var demo = DemoProcess.Start("--shop", "--seconds", "50", "--rate", "100", "--faults", "none", "--server", "redis");
        var open = await demo.ReadUntilAsync("The shop is open at ");
        await demo.ReadUntilAsync("orders");
        demo.Terminate();
        var lines = await demo.ReadToEndAsync();

        Assert.True(demo.ExitCode == 0, string.Join('\n', lines));
        Assert.Matches(Ledger(), lines[^1]);
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(open.Split("open at ")[1]));
    }

    [GeneratedRegex(@"^shop requests=[1-9]\d* failed=0 orders=[1-9]\d* fulfilled=[1-9]\d* lost=0 doubled=0$")]
    private static partial Regex Ledger();
}
