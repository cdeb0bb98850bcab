using RedisActors.Locks;

namespace RedisActors.AkkaCluster.Tests.Leases;

public sealed class LeaseClockTests
{
    private TimeSpan _steady = TimeSpan.FromHours(1);
    private TimeSpan _calendar = TimeSpan.FromDays(20_000);

    [Fact]
    public void Follows_the_monotonic_clock()
    {
        var clock = Clock();
        var before = clock.Now;
        Pass(steady: 5, calendar: 5);
        Assert.Equal(TimeSpan.FromSeconds(5), clock.Now - before);
    }

    [Fact]
    public void Follows_the_calendar_when_the_machine_has_slept()
    {
        var clock = Clock();
        var before = clock.Now;
        Pass(steady: 0, calendar: 60);
        Assert.Equal(TimeSpan.FromSeconds(60), clock.Now - before);
    }

    [Fact]
    public void Does_not_go_back_with_the_calendar()
    {
        var clock = Clock();
        var before = clock.Now;
        Pass(steady: 5, calendar: -3600);
        Assert.Equal(TimeSpan.FromSeconds(5), clock.Now - before);
    }

    [Fact]
    public void Keeps_the_time_that_a_calendar_set_forward_and_back_has_added()
    {
        var clock = Clock();
        var before = clock.Now;
        Pass(steady: 1, calendar: 100);
        _ = clock.Now;
        Pass(steady: 1, calendar: -98);
        Assert.Equal(TimeSpan.FromSeconds(101), clock.Now - before);
    }

    private LeaseClock Clock() => new(() => _steady, () => _calendar);

    private void Pass(double steady, double calendar)
    {
        _steady += TimeSpan.FromSeconds(steady);
        _calendar += TimeSpan.FromSeconds(calendar);
    }
}
