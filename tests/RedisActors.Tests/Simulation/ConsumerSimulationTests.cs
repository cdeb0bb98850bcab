using RedisActors.Simulation.Consumers;

namespace RedisActors.Tests.Simulation;

/// <summary>
/// Stream consumers under schedules that nobody thought of, and the proof that they would show a defect. A failure names its seed, with
/// which <c>eng/simulate consumers --seeds 1 --from SEED</c> shows it again.
/// </summary>
[Collection(nameof(AllProcessors))]
public sealed class ConsumerSimulationTests
{
    private const int Schedules = 3_000;
    private const int SchedulesPerMutation = 1_000;

    public static TheoryData<ConsumerMutation> Mutations =>
        [.. Enum.GetValues<ConsumerMutation>().Where(mutation => mutation != ConsumerMutation.None)];

    [Fact]
    public void Whatever_happens_every_entry_is_handled_and_acknowledged_and_nobody_takes_what_a_living_consumer_has_in_hand()
    {
        if (ConsumerRun.Search(1, Schedules, ConsumerMutation.None) is not { } finding) return;
        Assert.Fail($"seed {finding.Seed}: {finding.Violation.Message}");
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_defect_is_found(ConsumerMutation mutation) =>
        Assert.NotNull(ConsumerRun.Search(1, SchedulesPerMutation, mutation));

    [Fact]
    public void Each_deliberate_defect_is_described()
    {
        var page = Repository.Read("docs/outcomes.md");

        foreach (var mutation in Enum.GetNames<ConsumerMutation>().Skip(1)) Assert.Contains($"`{mutation}`", page);
    }
}
