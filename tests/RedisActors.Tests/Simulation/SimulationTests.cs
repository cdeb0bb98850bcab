using RedisActors.Simulation;
using RedisActors.Simulation.Subscriptions;

namespace RedisActors.Tests.Simulation;

/// <summary>
/// The ledger under schedules that nobody thought of, and the proof that they would show a defect: docs/outcomes.md. A failure
/// names its seed, with which <c>eng/simulate --seeds 1 --from SEED</c> shows it again.
/// </summary>
[Collection(nameof(AllProcessors))]
public sealed class SimulationTests
{
    private const int Schedules = 100_000;

    /// <summary>Each of the deliberate defects shows within far fewer.</summary>
    private const int SchedulesPerMutation = 30_000;

    public static TheoryData<Mutation> Mutations => [.. Enum.GetValues<Mutation>().Where(mutation => mutation != Mutation.None)];

    [Fact]
    public void Whatever_happens_each_command_has_one_true_outcome_and_runs_as_often_and_in_the_order_that_was_promised()
    {
        if (Simulator.Search(1, Schedules) is not { } finding) return;
        Assert.Fail($"seed {finding.Seed}: {finding.Violation}\n{string.Join('\n', Simulator.Trace(finding.Seed))}");
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_defect_is_found(Mutation mutation) =>
        Assert.NotNull(Simulator.Search(1, SchedulesPerMutation, mutation));

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        for (var seed = 1; seed <= 50; seed++) Assert.Equal(Simulator.Trace(seed), Simulator.Trace(seed));
    }

    [Fact]
    public void Each_deliberate_defect_is_described()
    {
        var page = Repository.Read("docs/outcomes.md");

        foreach (var mutation in Enum.GetNames<Mutation>().Skip(1)) Assert.Contains($"`{mutation}`", page);
    }

    public static TheoryData<SubscriptionMutation> SubscriptionMutations =>
        [.. Enum.GetValues<SubscriptionMutation>().Where(mutation => mutation != SubscriptionMutation.None)];

    [Fact]
    public void Whatever_happens_a_subscriber_has_each_message_or_is_told_the_gap()
    {
        if (SubscriptionRun.Search(1, 3_000) is not { } finding) return;
        Assert.Fail($"eng/simulate subscriptions --from {finding.Seed}: {finding.Violation}");
    }

    [Theory]
    [MemberData(nameof(SubscriptionMutations))]
    public void A_deliberate_defect_of_subscriptions_is_found(SubscriptionMutation mutation) =>
        Assert.NotNull(SubscriptionRun.Search(1, 1_000, mutation));

    [Fact]
    public void Each_deliberate_defect_of_subscriptions_is_described()
    {
        var page = Repository.Read("docs/outcomes.md");

        foreach (var mutation in Enum.GetNames<SubscriptionMutation>().Skip(1)) Assert.Contains($"`{mutation}`", page);
    }
}
