using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class ThroughputCommandTests
{
    [Fact]
    public void Without_options_it_measures_every_row_with_two_thousand_in_flight()
    {
        var options = Read();

        Assert.Equal(["tell", "tell-exactly-once", "tell-without-copying", "execute", "ask", "multiplexer", "limit"], options.Rows.Select(row => row.Name));
        Assert.Equal(
            [
                new ThroughputCase
                {
                    Set = "base", InFlight = 2_000, ValueBytes = 3, Lanes = 1, Connections = 1, Nodes = 1, Latency = false,
                },
            ],
            options.Cases);
        Assert.Null(options.Stashed);
    }

    [Fact]
    public void The_gateway_is_measured_when_it_is_asked_for()
    {
        Assert.False(Read().Gateway);
        Assert.True(Read("--rows", "gateway").Gateway);
        Assert.Empty(Read("--rows", "gateway").Rows);
        Assert.True(Read("--rows", "all").Gateway);
    }

    [Fact]
    public void The_sets_vary_one_thing_each()
    {
        Assert.Equal([1, 10, 100, 1_000, 10_000], Read("--set", "windows").Cases.Select(which => which.InFlight));
        Assert.Equal([3, 1_000, 100_000, 1_000_000], Read("--set", "values").Cases.Select(which => which.ValueBytes));
        Assert.Equal([1, 2, 4], Read("--set", "lanes").Cases.Select(which => which.Lanes));
        Assert.Equal([1, 10, 100], Read("--set", "connections").Cases.Select(which => which.Connections));
        Assert.Equal([(1, true), (100, true)], Read("--set", "latency").Cases.Select(which => (which.InFlight, which.Latency)));
        Assert.Equal([3], Read("--set", "cluster").Cases.Select(which => which.Nodes));
    }

    [Fact]
    public void An_option_takes_the_place_of_what_the_set_says()
    {
        var options = Read("--set", "lanes", "--in-flight", "10,100", "--lanes", "2", "--latency");

        Assert.Equal([(10, 2, true), (100, 2, true)], options.Cases.Select(which => (which.InFlight, which.Lanes, which.Latency)));
    }

    [Fact]
    public void No_more_than_sixteen_megabytes_of_values_are_in_flight()
    {
        Assert.Equal([2_000, 2_000, 160, 16], Read("--set", "values").Cases.Select(which => which.InFlight));
        Assert.Equal([10, 1], Read("--in-flight", "10", "--value-bytes", "3,16000000").Cases.Select(which => which.InFlight));
    }

    [Fact]
    public void A_node_of_a_Redis_Cluster_has_one_lane() =>
        Assert.Equal([1], Read("--set", "cluster", "--lanes", "1,2,4").Cases.Select(which => which.Lanes));

    [Fact]
    public void All_sets_are_the_drain_too()
    {
        var options = Read("--set", "all");

        Assert.Equal(ThroughputSet.All.Select(set => set.Name), options.Cases.Select(which => which.Set).Distinct());
        Assert.Equal(1_000_000, options.Stashed);
        Assert.Equal(5, Read("--set", "drain", "--stashed", "5").Stashed);
        Assert.Empty(Read("--set", "drain").Cases);
    }

    [Theory]
    [InlineData("--in-flight", "0", "--in-flight: '0' must be a number from 1 to 1000000.")]
    [InlineData("--in-flight", "10,x", "--in-flight: 'x' must be a number from 1 to 1000000.")]
    [InlineData("--set", "window", "--set: 'window' must be one of base, windows, values, lanes, latency, connections, cluster, drain, all.")]
    public void What_is_wrong_is_named(string option, string value, string expected)
    {
        var error = Assert.Single(new ThroughputCommand().Symbol.Parse([option, value]).Errors);

        Assert.Equal(expected, error.Message);
    }

    private static ThroughputOptions Read(params string[] line)
    {
        var command = new ThroughputCommand();
        var parsed = command.Symbol.Parse(line);
        Assert.Empty(parsed.Errors);
        return command.Read(parsed);
    }
}
