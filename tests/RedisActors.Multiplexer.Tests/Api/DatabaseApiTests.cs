using System.Reflection;
using RedisActors.Multiplexer.Tests.Api.Calls;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>
/// Every method of <see cref="IDatabase"/> and <see cref="IDatabaseAsync"/>, called on StackExchange.Redis' own multiplexer and on ours:
/// the same data before, the same result or exception, the same data after.
/// </summary>
public sealed class DatabaseApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly ApiCall[] Calls =
    [
        .. StringCalls.All, .. KeyCalls.All, .. HashCalls.All, .. ListCalls.All, .. SetCalls.All, .. SortedSetCalls.All, .. GeoCalls.All,
        .. StreamCalls.All, .. OtherCalls.All, .. NewerCalls.All,
    ];

    [Fact]
    public void Every_method_has_a_call()
    {
        var called = Calls.Select(call => ApiMethods.Plain(call.Method)).ToHashSet();
        called.UnionWith(Calls.Select(call => ApiMethods.AsyncOf(ApiMethods.Plain(call.Method), typeof(IDatabaseAsync))).OfType<MethodInfo>());

        var missing = ApiMethods.Of(typeof(IDatabase)).Where(method => !method.IsSpecialName && !called.Contains(method));

        Assert.Empty(missing.Select(ApiMethods.NameOf));
    }

    [Theory]
    [InlineData(nameof(ApiForm.Sync))]
    [InlineData(nameof(ApiForm.Async))]
    [InlineData(nameof(ApiForm.FireAndForget))]
    [InlineData(nameof(ApiForm.OtherDatabase))]
    [InlineData(nameof(ApiForm.Prefixed))]
    [InlineData(nameof(ApiForm.Batch))]
    [InlineData(nameof(ApiForm.Transaction))]
    public async Task Every_call_gives_the_same(string name)
    {
        var form = Enum.Parse<ApiForm>(name);
        var differences = new Differences();
        foreach (var call in Calls.Where(call => ApiForms.Has(call, form)))
        {
            foreach (var set in Enum.GetValues<DataSet>())
            {
                var plain = await SeeAsync(call, form, set, server.Plain);
                var ours = await SeeAsync(call, form, set, server.Ours);
                differences.Compare(call, set.ToString(), plain, ours);
            }
        }

        differences.AssertNone();
    }

    [Fact]
    public void Every_property_is_the_same()
    {
        var differences = new Differences();
        foreach (var property in typeof(IDatabase).GetInterfaces().Prepend(typeof(IDatabase)).SelectMany(type => type.GetProperties()))
        {
            string Of(IConnectionMultiplexer client) => ResultText.Of(property.GetValue(client.GetDatabase(3)));
            differences.Compare($"{property.DeclaringType!.Name}.{property.Name}", Of(server.Plain), Of(server.Ours));
        }

        differences.AssertNone();
    }

    private async Task<string> SeeAsync(ApiCall call, ApiForm form, DataSet set, IConnectionMultiplexer client)
    {
        await server.Data.PrepareAsync(
            set, form == ApiForm.OtherDatabase ? ApiForms.OtherDatabase : 0, form == ApiForm.Prefixed ? ApiForms.Prefix : "");
        return await call.SeeAsync(() => ApiForms.CallAsync(call, form, client)) + await server.Data.TellAsync();
    }
}
