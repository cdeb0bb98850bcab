using RedisActors.Configuration;
using RedisActors.RedisCluster;

namespace RedisActors.Tests.Decisions;

public sealed class RedisClusterMapTests
{
    private static readonly RedisEndpoint Asked = new("10.0.0.9", 7000);

    [Fact]
    public void A_node_is_read_with_its_slots_its_primary_and_its_state()
    {
        var nodes = Parse(
            "aaa 10.0.0.1:7001@17001,one.example,shard-id=x myself,master - 0 0 5 connected 0-99 200 300-310 [200->-bbb]",
            "bbb 10.0.0.2:7002@17002 slave aaa 0 0 5 connected",
            "ccc 10.0.0.3:7003@17003 master,fail - 0 0 6 disconnected 101",
            "ddd :0@0 master,noaddr - 0 0 7 disconnected",
            string.Empty);

        Assert.Equal(["aaa", "bbb", "ccc"], nodes.Select(node => node.Id));
        Assert.Equal("10.0.0.1:7001", nodes[0].Endpoint.ToString());
        Assert.Equal([(0, 99), (200, 200), (300, 310)], nodes[0].Slots);
        Assert.Equal((null, 5L, false), (nodes[0].PrimaryId, nodes[0].Epoch, nodes[0].HasFailed));
        Assert.Equal("aaa", nodes[1].PrimaryId);
        Assert.True(nodes[2].HasFailed);
    }

    [Fact]
    public void A_node_that_does_not_know_its_own_address_is_where_it_was_asked()
    {
        Assert.Equal("10.0.0.9:7000", Parse("aaa :7000@17000 myself,master - 0 0 1 connected 0")[0].Endpoint.ToString());
        Assert.Equal("[::1]:7000", Parse("aaa ::1:7000@17000 master - 0 0 1 connected 0")[0].Endpoint.ToString());
    }

    [Fact]
    public void The_host_name_is_taken_where_names_are_wanted()
    {
        const string Line = "aaa 10.0.0.1:7001@17001,one.example master - 0 0 5 connected 0";
        Assert.Equal("one.example:7001", RedisClusterNode.ParseAll(Line, Asked, preferNames: true)[0].Endpoint.ToString());
        Assert.Equal("10.0.0.1:7001", RedisClusterNode.ParseAll(Line, Asked, preferNames: false)[0].Endpoint.ToString());
    }

    [Fact]
    public void Of_two_nodes_that_claim_a_slot_the_one_with_the_greater_epoch_has_it()
    {
        var stale = Parse("aaa 10.0.0.1:7001@17001 master - 0 0 1 connected 0-100", "bbb 10.0.0.2:7002@17002 slave aaa 0 0 1 connected");
        var fresh = Parse("aaa 10.0.0.1:7001@17001 slave bbb 0 0 7 connected", "bbb 10.0.0.2:7002@17002 master - 0 0 7 connected 0-100");

        foreach (var map in new[] { RedisClusterMap.Of([stale, fresh]), RedisClusterMap.Of([fresh, stale]) })
        {
            Assert.Equal("bbb", map.OwnerOf(50));
            Assert.Null(map.OwnerOf(101));
            var shard = Assert.Single(map.Shards);
            Assert.Equal(("bbb", "10.0.0.2:7002"), (shard.PrimaryId, shard.Endpoint.ToString()));
            Assert.Equal(["aaa", "bbb"], shard.Members.Order());
        }
    }

    private static IReadOnlyList<RedisClusterNode> Parse(params string[] lines) =>
        RedisClusterNode.ParseAll(string.Join('\n', lines), Asked, preferNames: false);
}
