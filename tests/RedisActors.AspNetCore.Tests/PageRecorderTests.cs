namespace RedisActors.AspNetCore.Tests;

/// <summary>What is remembered for the page, in virtual time.</summary>
public sealed class PageRecorderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PageRecorder _recorder = new();

    public PageRecorderTests() => _recorder.Add("default", Start);

    [Fact]
    public void An_outage_lasts_from_the_loss_to_the_next_connection_and_keeps_its_first_cause()
    {
        Change(0, Ready(1));
        Change(10, new RedisLost("default", 1, "redis:1", "it broke"));
        Change(11, new RedisBackingOff("default", 1, "redis:1", 1, TimeSpan.FromSeconds(2), "refused"));
        var away = Lane(11);
        Change(13, new RedisConnecting("default", 2, "redis:1", 1));
        Change(15, Ready(2));

        Assert.Equal(("backing-off", At(11), At(13), "refused", 1), (away.State, away.Since, away.NextTry, away.Cause, away.Attempt));
        Assert.Equal([new OutageView(1, At(10), At(15), "it broke", 1)], View(15).Outages);
        Assert.Equal(("ready", At(15), null, null, null), (Lane(15).State, Lane(15).Since, Lane(15).NextTry, Lane(15).Cause, Lane(15).Attempt));
    }

    [Fact]
    public void A_state_that_is_told_again_began_when_it_was_told_first()
    {
        _recorder.Told("default", Ready(1), Start);
        _recorder.Told("default", Ready(1), Start.AddSeconds(9));

        Assert.Equal(("ready", At(0)), (View(9).State, View(9).Since));
    }

    [Fact]
    public void It_is_bounded()
    {
        for (var i = 0; i < PageRecorder.MostOutages * 2; i++)
        {
            Change(2 * i, new RedisLost("default", i, "redis:1", new string('x', 100_000)));
            Change((2 * i) + 1, Ready(i + 1));
        }

        for (var lane = 2; lane < PageRecorder.MostLanes * 2; lane++) Change(1000, Ready(1) with { Lane = lane });
        Assert.Equal(PageRecorder.MostLanes, View(1000).Lanes.Count);
        for (var i = 0; i < PageRecorder.MostSamples * 2; i++) Sample(1000 + i);

        var view = View(2000);
        Assert.Equal(PageRecorder.MostSamples, view.Samples.Count);
        Assert.Equal(PageRecorder.MostOutages, view.Outages.Count);
        Assert.All(view.Outages, outage => Assert.InRange(outage.Cause.Length, 1, PageRecorder.MostText + 1));
    }

    [Fact]
    public void A_lane_that_has_been_closed_is_shown_no_more()
    {
        Change(0, Ready(1));
        Change(0, Ready(1) with { Lane = 2 });
        Change(1, new RedisLost("default", 1, "redis:1", "closed") { Lane = 2 });
        for (var i = 1; i < 10; i++) Sample(i, new PageRecorder.LaneLevel("default", 1, 3, 4));

        Assert.Equal((1, 3, 4), (Lane(10).Lane, Lane(10).InFlight, Lane(10).Stashed));
        Assert.NotNull(Assert.Single(View(10).Outages).To);
    }

    [Fact]
    public void A_session_is_shown_by_its_number_and_a_connection_that_is_not_known_not_at_all()
    {
        _recorder.SessionChanged("default", 100_003, "ready", Start);
        _recorder.SessionChanged("other", 100_003, "ready", Start);
        Change(0, new RedisReady("other", 1, "redis:1", 7, TimeSpan.Zero));

        Assert.Equal((3, "ready"), (Lane(0).Session, Lane(0).State));
        Assert.Equal("default", Assert.Single(_recorder.View(Start).Connections).Name);
    }

    [Fact]
    public void A_reader_is_told_the_samples_that_it_does_not_have()
    {
        Sample(1);
        var first = _recorder.View(Start);
        Sample(2);
        var second = _recorder.View(Start, first.LastSample);

        Assert.Equal([At(1)], first.Connections[0].Samples.Select(sample => sample.At));
        Assert.Equal([At(2)], second.Connections[0].Samples.Select(sample => sample.At));
    }

    [Fact]
    public void Rates_are_per_second_and_durations_within_a_fifth()
    {
        var tally = new CommandTally();
        tally.Answered(Outcome.Applied, 100);
        tally.Answered(Outcome.Unknown, 2);
        for (var i = 1; i <= 100; i++) tally.Took(i);
        _recorder.Sample(Start, TimeSpan.FromSeconds(2), [], new Dictionary<string, CommandTally.Taken> { ["default"] = tally.Take() });

        var sample = Assert.Single(View(0).Samples);
        Assert.Equal((50, 1), (sample.Applied, sample.Unknown));
        Assert.InRange(sample.Median!.Value, 50, 60);
        Assert.InRange(sample.P95!.Value, 95, 114);
        Assert.Equal((0, null), (tally.Take().Applied, tally.Take().Median));
    }

    private static long At(int seconds) => Start.AddSeconds(seconds).ToUnixTimeMilliseconds();

    private static RedisReady Ready(long epoch) => new("default", epoch, "redis:1", 7, TimeSpan.Zero);

    private void Change(int seconds, RedisConnectionEvent change) => _recorder.Changed(change, Start.AddSeconds(seconds));

    private void Sample(int seconds, params PageRecorder.LaneLevel[] levels) =>
        _recorder.Sample(Start.AddSeconds(seconds), TimeSpan.FromSeconds(1), levels, new Dictionary<string, CommandTally.Taken>());

    private ConnectionView View(int seconds) => Assert.Single(_recorder.View(Start.AddSeconds(seconds)).Connections);

    private LaneView Lane(int seconds) => Assert.Single(View(seconds).Lanes);
}
