using System.Reflection;
using RedisActors.Multiplexer.Tests.Api.Calls;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>Every method of <see cref="IServer"/>, likewise.</summary>
public sealed class ServerApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    /// <summary>Methods that no two clients of one server could be compared by.</summary>
    private static readonly Dictionary<string, string> NotCalled = new()
    {
        ["Shutdown"] = "LifeTests",
        ["ReplicaOf"] = "LifeTests",
        ["SlaveOf"] = "an old name of ReplicaOf",
        ["SentinelSlaves"] = "an old name of SentinelReplicas",
        ["MakeMaster"] = "an old name of MakePrimary",
        ["MakePrimaryAsync"] = "LifeTests",
        ["ReplicaOfAsync"] = "LifeTests",
        ["SlaveOfAsync"] = "an old name of ReplicaOf",
        ["SentinelSlavesAsync"] = "an old name of SentinelReplicas",
    };

    [Fact]
    public void Every_method_has_a_call()
    {
        var called = ServerCalls.All.Select(call => ApiMethods.Plain(call.Method)).ToHashSet();
        called.UnionWith(ServerCalls.All.Select(call => ApiMethods.AsyncOf(ApiMethods.Plain(call.Method), typeof(IServer))).OfType<MethodInfo>());

        var missing = ApiMethods.Of(typeof(IServer))
            .Where(method => !method.IsSpecialName && !called.Contains(method) && !NotCalled.ContainsKey(method.Name));

        Assert.Empty(missing.Select(ApiMethods.NameOf));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_call_gives_the_same(bool inAsync)
    {
        var differences = new Differences();
        foreach (var call in ServerCalls.All)
        {
            var method = inAsync ? ApiMethods.AsyncOf(call.Method, typeof(IServer)) : call.Method;
            if (method is null) continue;
            var plain = await SeeAsync(call, method, server.Plain);
            var ours = await SeeAsync(call, method, server.Ours);
            differences.Compare(call, "EveryType", plain, ours);
        }

        differences.AssertNone();
    }

    [Fact]
    public void Every_property_is_the_same()
    {
        var differences = new Differences();
        var (plain, ours) = (server.Plain.GetServers()[0], server.Ours.GetServers()[0]);
        foreach (var property in typeof(IServer).GetProperties().Where(property => property.GetCustomAttribute<ObsoleteAttribute>() is null))
        {
            differences.Compare($"IServer.{property.Name}", ResultText.Of(property.GetValue(plain)), ResultText.Of(property.GetValue(ours)));
        }

        differences.AssertNone();
    }

    private async Task<string> SeeAsync(ApiCall call, MethodInfo method, IConnectionMultiplexer client)
    {
        await server.Data.PrepareAsync(DataSet.EveryType);
        await server.Admin.ExecuteAsync("SCRIPT", "FLUSH");
        var target = client.GetServers()[0];
        return await call.SeeAsync(() => ApiForms.ResultOf(ApiForms.Invoke(method, target, call.Arguments(target)))) + await server.Data.TellAsync();
    }
}
