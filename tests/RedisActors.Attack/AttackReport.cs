using System.Text.Json;

namespace RedisActors.Attack;

/// <summary>What an attack came to.</summary>
/// <param name="Commands">How many commands the attackers sent.</param>
/// <param name="Answered">How many of them were answered.</param>
/// <param name="False">How many answers, the attackers' and the honest senders', say what is not so.</param>
/// <param name="Unanswered">How many were not answered within their timeout and some more.</param>
/// <param name="Losses">How many times a connection was lost.</param>
/// <param name="HonestCommands">How many commands the honest senders sent.</param>
/// <param name="HonestLost">Told as applied, and not there.</param>
/// <param name="HonestDuplicated">There, and not told as applied or unknown.</param>
/// <param name="HonestUnknown">Told as unknown.</param>
/// <param name="MaxHonestWait">The longest time from a command of theirs to its answer.</param>
/// <param name="Findings">The first false or missing answers, for a person to read.</param>
internal sealed record AttackReport(
    long Commands,
    long Answered,
    long False,
    long Unanswered,
    long Losses,
    long HonestCommands,
    long HonestLost,
    long HonestDuplicated,
    long HonestUnknown,
    TimeSpan MaxHonestWait,
    IReadOnlyList<string> Findings)
{
    /// <summary>Whether every promise held.</summary>
    public bool IsClean => (False, Unanswered, HonestLost, HonestDuplicated) == (0, 0, 0, 0);

    public override string ToString() => string.Join(' ', Figures().Select(figure => $"{figure.Name}={figure.Value}"));

    public string ToJson(int seed) =>
        JsonSerializer.Serialize(Figures().Prepend((Name: "seed", Value: seed)).ToDictionary(figure => figure.Name, figure => figure.Value));

    private IEnumerable<(string Name, long Value)> Figures() =>
    [
        ("commands", Commands), ("answered", Answered), ("false", False), ("unanswered", Unanswered), ("losses", Losses),
        ("honest_commands", HonestCommands), ("honest_lost", HonestLost), ("honest_duplicated", HonestDuplicated),
        ("honest_unknown", HonestUnknown), ("max_honest_wait_ms", (long)MaxHonestWait.TotalMilliseconds),
    ];
}
