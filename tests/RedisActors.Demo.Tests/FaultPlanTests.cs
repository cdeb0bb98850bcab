namespace RedisActors.Demo.Tests;

public sealed class FaultPlanTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(25)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(600)]
    public void Faults_come_in_order_do_not_overlap_and_leave_time_at_both_ends(int seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        var plan = FaultPlan.Make(duration, FaultKind.All);

        Assert.Empty(plan.NoTimeFor);
        Assert.Equal(FaultKind.All, plan.Faults.Take(3).Select(fault => fault.Kind));
        Assert.True(plan.Faults[0].At >= TimeSpan.FromSeconds(2));
        for (var i = 1; i < plan.Faults.Count; i++)
        {
            var previous = plan.Faults[i - 1];
            Assert.True(plan.Faults[i].At > previous.At + previous.Kind.Away + TimeSpan.FromSeconds(1));
        }

        Assert.True(plan.Faults[^1].At + plan.Faults[^1].Kind.Away <= duration - TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_long_run_repeats_the_faults()
    {
        var plan = FaultPlan.Make(TimeSpan.FromMinutes(10), FaultKind.All);

        Assert.Equal(0, plan.Faults.Count % 3);
        Assert.InRange(plan.Faults.Count, 60, 120);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(9, 1)]
    [InlineData(13, 1)]
    [InlineData(15, 2)]
    [InlineData(16, 3)]
    public void What_there_is_no_time_for_is_left_out(int seconds, int fit)
    {
        var plan = FaultPlan.Make(TimeSpan.FromSeconds(seconds), FaultKind.All);

        Assert.Equal(FaultKind.All.Take(fit), plan.Faults.Select(fault => fault.Kind));
        Assert.Equal(FaultKind.All.Skip(fit), plan.NoTimeFor);
    }

    [Fact]
    public void Where_a_server_cannot_be_suspended_the_plan_has_no_stall()
    {
        var plan = FaultPlan.Make(TimeSpan.FromSeconds(30), FaultKind.All, canSuspend: false);

        Assert.Equal([FaultKind.Stall], plan.Impossible);
        Assert.Empty(plan.NoTimeFor);
        Assert.Equal([FaultKind.Kill, FaultKind.ClientKill], plan.Faults.Select(fault => fault.Kind).Distinct());
        Assert.Empty(FaultPlan.Make(TimeSpan.FromSeconds(30), FaultKind.All).Impossible);
    }

    [Fact]
    public void A_fault_that_comes_late_is_injected_only_if_commands_flow_again_before_the_end()
    {
        var plan = FaultPlan.Make(TimeSpan.FromSeconds(30), FaultKind.All);

        Assert.All(plan.Faults, fault => Assert.True(plan.HasTimeFor(fault.Kind, fault.At)));
        Assert.True(plan.HasTimeFor(FaultKind.Kill, TimeSpan.FromSeconds(25)));
        Assert.False(plan.HasTimeFor(FaultKind.Kill, TimeSpan.FromSeconds(26)));
        Assert.True(plan.HasTimeFor(FaultKind.ClientKill, TimeSpan.FromSeconds(28)));
        Assert.False(plan.HasTimeFor(FaultKind.ClientKill, TimeSpan.FromSeconds(29)));
    }

    [Fact]
    public void No_faults_make_an_empty_plan()
    {
        var plan = FaultPlan.Make(TimeSpan.FromSeconds(30), []);

        Assert.Empty(plan.Faults);
        Assert.Empty(plan.NoTimeFor);
    }
}
