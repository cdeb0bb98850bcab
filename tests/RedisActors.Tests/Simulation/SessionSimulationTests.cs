using RedisActors.Simulation;
using RedisActors.Simulation.Sessions;

namespace RedisActors.Tests.Simulation;

/// <summary>
/// Sessions and blocking commands under schedules that nobody thought of: docs/outcomes.md. A failure names its seed, with which
/// <c>eng/simulate sessions --seeds 1 --from SEED</c> shows it again.
/// </summary>
[Collection(nameof(AllProcessors))]
public sealed class SessionSimulationTests
{
    private const int Schedules = 20_000;
    private const int SchedulesPerMutation = 5_000;

    public static TheoryData<SessionMutation> Mutations =>
        [.. Enum.GetValues<SessionMutation>().Where(mutation => mutation != SessionMutation.None)];

    [Fact]
    public void Whatever_happens_sessions_have_one_user_and_no_element_is_lost_or_doubled_without_a_word()
    {
        if (Simulator.Search(1, Schedules, seed => SessionsRun.Go(seed)) is not { } finding) return;
        Assert.Fail($"seed {finding.Seed}: {finding.Violation}");
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_defect_is_found(SessionMutation mutation) =>
        Assert.NotNull(Simulator.Search(1, SchedulesPerMutation, seed => SessionsRun.Go(seed, mutation)));

    [Fact]
    public void Each_deliberate_defect_is_described()
    {
        var page = Repository.Read("docs/outcomes.md");

        foreach (var mutation in Enum.GetNames<SessionMutation>().Skip(1)) Assert.Contains($"`{mutation}`", page);
    }
}
