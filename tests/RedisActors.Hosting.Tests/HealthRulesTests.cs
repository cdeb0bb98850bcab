using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisActors.Hosting.Health;

namespace RedisActors.Hosting.Tests;

/// <summary>What a connection's state means for the health of its application.</summary>
public sealed class HealthRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RedisHealthOptions Options = new() { Grace = TimeSpan.FromSeconds(10), MaxStashed = 5 };
    private static readonly RedisReady Ready = new("default", 1, "redis:1", 7, TimeSpan.Zero);
    private static readonly RedisLost Lost = new("default", 1, "redis:1", "it broke");
    private static readonly RedisConnecting Connecting = new("default", 2, "redis:1", 2);
    private static readonly RedisBackingOff BackingOff = new("default", 2, "redis:1", 3, TimeSpan.FromSeconds(1), "refused");
    private static readonly RedisGaveUp GaveUp = new("default", 3, "redis:1", "the budget is spent");
    private static readonly RedisSuspended Suspended = new("default", 3, "redis:1", "maintenance");

    [Fact]
    public void A_ready_connection_is_healthy_unless_much_is_left_to_send()
    {
        var ready = After(Ready);

        Assert.Equal((HealthStatus.Healthy, "redis default: ready"), Said(ready, stashed: 5, seconds: 100));
        Assert.Equal((HealthStatus.Degraded, "redis default: ready; 6 commands wait to be sent"), Said(ready, stashed: 6, seconds: 100));
    }

    [Fact]
    public void One_that_is_away_is_degraded_within_its_limits_and_unhealthy_beyond()
    {
        var away = After(Ready, Lost, Connecting, BackingOff);

        Assert.Equal((HealthStatus.Degraded, "redis default: away for 9.0 s (refused); 5 commands wait"), Said(away, stashed: 5, seconds: 10));
        Assert.Equal((HealthStatus.Unhealthy, "redis default: away for 11.0 s (refused); longer than 10 s"), Said(away, stashed: 5, seconds: 12));
        Assert.Equal((HealthStatus.Unhealthy, "redis default: away for 1.0 s (refused); 6 commands wait, more than 5"), Said(away, stashed: 6, seconds: 2));
    }

    [Fact]
    public void One_that_has_never_been_ready_is_away_from_the_beginning()
    {
        Assert.Equal((HealthStatus.Degraded, "redis default: away for 10.0 s; 0 commands wait"), Said(After(), stashed: 0, seconds: 10));
        Assert.Equal(HealthStatus.Unhealthy, Said(After(Connecting, BackingOff), stashed: 0, seconds: 11).Item1);
    }

    [Fact]
    public void One_that_was_given_up_is_unhealthy_at_once_and_one_that_is_paused_has_its_grace()
    {
        Assert.Equal(
            (HealthStatus.Unhealthy, "redis default: away for 0.0 s (the budget is spent); it has been given up, and commands are answered NotSent"),
            Said(After(Ready, GaveUp), stashed: 0, seconds: 1));
        Assert.Equal((HealthStatus.Degraded, "redis default: away for 1.0 s (maintenance); 0 commands wait"), Said(After(Ready, Suspended), stashed: 0, seconds: 2));
    }

    [Fact]
    public void Actors_that_do_not_answer_or_have_stopped_are_neither_ready_nor_alive()
    {
        var stopped = After(Ready) with { IsOver = true };

        Assert.Equal(HealthStatus.Unhealthy, HealthRules.Readiness("default", After(Ready), null, Options, HealthStatus.Unhealthy, Start).Status);
        Assert.Equal(HealthStatus.Unhealthy, HealthRules.Liveness("default", After(Ready), null, HealthStatus.Unhealthy).Status);
        Assert.Equal(HealthStatus.Unhealthy, HealthRules.Readiness("default", stopped, null, Options, HealthStatus.Unhealthy, Start).Status);
        Assert.Equal(HealthStatus.Degraded, HealthRules.Liveness("default", stopped, null, HealthStatus.Degraded).Status);
    }

    [Fact]
    public void An_outage_is_no_reason_to_restart_the_application() => Assert.Equal(
        HealthStatus.Healthy, HealthRules.Liveness("default", After(Ready, Lost, GaveUp), new RedisStatus(GaveUp, 0, 0), HealthStatus.Unhealthy).Status);

    [Fact]
    public void The_data_tell_the_story()
    {
        var data = HealthRules.Readiness(
            "default", After(Ready, Lost, Connecting, BackingOff), new RedisStatus(BackingOff, 3, 4), Options, HealthStatus.Unhealthy, Start).Data;

        Assert.Equal(
            new Dictionary<string, object>
            {
                ["state"] = "BackingOff", ["since"] = Start.AddSeconds(3), ["endpoint"] = "redis:1", ["awaySince"] = Start.AddSeconds(1),
                ["attempt"] = 2, ["cause"] = "refused", ["stashed"] = 4, ["inFlight"] = 3,
            },
            data);
        var ready = HealthRules.Liveness("default", After(Ready, Lost, Connecting, Ready), new RedisStatus(Ready, 3, 4), HealthStatus.Unhealthy).Data;
        Assert.Equal(["state", "since", "endpoint", "stashed", "inFlight"], ready.Keys);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisHealthOptions { Grace = TimeSpan.FromSeconds(-1) }.Checked());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisHealthOptions { MaxStashed = -1 }.Checked());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisHealthOptions { AnswerTimeout = TimeSpan.Zero }.Checked());
    }

    /// <summary>A state each second, from the start on.</summary>
    private static WatchedState After(params RedisConnectionEvent[] states)
    {
        var watched = WatchedState.Initial(Start);
        for (var i = 0; i < states.Length; i++) watched = watched.With(states[i], Start.AddSeconds(i));
        return watched;
    }

    private static (HealthStatus, string?) Said(WatchedState watched, int stashed, int seconds)
    {
        var result = HealthRules.Readiness(
            "default", watched, new RedisStatus(watched.State, 0, stashed), Options, HealthStatus.Unhealthy, Start.AddSeconds(seconds));
        return (result.Status, result.Description);
    }
}
