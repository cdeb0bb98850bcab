namespace RedisActors.AkkaCluster.Tests.Leases;

public sealed class LeaseSimulationTests
{
    [Fact]
    public void There_are_never_two_holders_and_tokens_grow()
    {
        var runs = Enumerable.Range(1, 200).Select(seed => (seed, Run: LeaseSimulation.Run(seed))).ToList();
        Assert.All(runs, run => Assert.True(run.Run.Violations.Count == 0, $"seed {run.seed}: {string.Join("; ", run.Run.Violations)}"));
        Assert.True(runs.Sum(run => run.Run.Grants) > 5_000, "the lease was hardly ever held");
    }

    [Fact]
    public void The_simulation_fails_without_a_margin_for_the_clocks() =>
        Assert.Contains(Enumerable.Range(1, 400), seed => LeaseSimulation.Run(seed, margin: 0).Violations.Count > 0);

    [Fact]
    public void The_simulation_fails_when_a_server_that_lost_its_data_does_not_wait() =>
        Assert.Contains(Enumerable.Range(1, 400), seed => LeaseSimulation.Run(seed, waitsAfterLoss: false).Violations.Count > 0);
}
