using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.99, 990)]
    [InlineData(0.999, 999)]
    [InlineData(1, 1_000)]
    public void A_percentile_is_the_time_that_this_share_did_not_exceed(double share, long expected)
    {
        var histogram = new LatencyHistogram();
        foreach (var time in Enumerable.Range(1, 1_000).Reverse()) histogram.Record(time);

        Assert.InRange(histogram.Percentile(share), expected, expected + expected / 64);
    }

    [Fact]
    public void A_time_is_reported_at_most_one_sixty_fourth_too_long_whatever_its_size()
    {
        for (var time = 1L; time < 1L << 39; time = time * 3 / 2 + 1)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(time);

            Assert.InRange(histogram.Percentile(0.5), time, time + time / 64);
        }
    }

    [Fact]
    public void A_longer_time_is_never_reported_as_a_shorter_one()
    {
        var last = -1L;
        for (var time = 0L; time < 100_000; time++)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(time);
            var reported = histogram.Percentile(1);
            Assert.True(reported >= last, $"{time} is reported as {reported}, the time before as {last}.");
            last = reported;
        }
    }

    [Fact]
    public void Times_beyond_the_longest_count_as_the_longest()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);

        Assert.Equal((1L << 40) - 1, histogram.Percentile(1));
    }

    [Fact]
    public void Histograms_add_up()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < 99; i++) one.Record(10);
        other.Record(50);
        one.Add(other);

        Assert.Equal(100, one.Count);
        Assert.Equal(10, one.Percentile(0.99));
        Assert.Equal(50, one.Percentile(0.999));
    }

    [Fact]
    public void Nothing_has_no_percentile()
    {
        Assert.Throws<InvalidOperationException>(() => new LatencyHistogram().Percentile(0.5));
    }
}
