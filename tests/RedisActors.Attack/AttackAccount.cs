using System.Collections.Concurrent;

namespace RedisActors.Attack;

/// <summary>
/// What senders were told about writes that can be looked up: each is a field of one hash, which nobody else touches, in some database.
/// </summary>
internal sealed class MarkAccount
{
    /// <summary>The hash that has a field for each mark.</summary>
    public const string Hash = "marks";

    private readonly ConcurrentDictionary<int, Mark> _marks = new();
    private int _last;

    /// <summary>The number of the next mark.</summary>
    public int Next() => Interlocked.Increment(ref _last);

    /// <summary>A sender was told what became of the command that sets a mark.</summary>
    public void Told(int number, RedisCommand command, Outcome outcome) => _marks[number] = new Mark(command, outcome);

    /// <summary>What was told falsely, in view of what the server has.</summary>
    /// <param name="found">How often each mark was set, by database and number.</param>
    public IEnumerable<string> FindFalse(IReadOnlyDictionary<(int Database, int Number), long> found)
    {
        foreach (var ((database, number), _) in found)
        {
            if (!_marks.TryGetValue(number, out var mark)) continue;
            if (mark.Database != database) yield return $"mark {number}, meant for database {mark.Database}, is in database {database}";
        }

        foreach (var (number, mark) in _marks)
        {
            var times = found.GetValueOrDefault((mark.Database, number));
            var most = mark.MostTimes;
            var least = mark.Outcome == Outcome.Applied ? 1 : 0;
            if (times < least || times > most)
            {
                yield return $"mark {number} in database {mark.Database}, {mark.Delivery}, was told {mark.Outcome} and is set {times} times";
            }
        }
    }

    private sealed record Mark(RedisCommand Command, Outcome Outcome)
    {
        public int Database => Command.Database ?? 0;

        public DeliveryMode Delivery => Command.Delivery ?? DeliveryMode.WhenSafe;

        /// <summary>A script that answers with an error has run.</summary>
        public long MostTimes => Outcome switch
        {
            Outcome.NotSent => 0,
            Outcome.Rejected => Command is RedisScript or { Name: "EVAL" } ? 1 : 0,
            _ => Delivery == DeliveryMode.AtLeastOnce ? long.MaxValue : 1,
        };
    }
}

/// <summary>One honest sender's counter: what it was told, and what the server has in the end.</summary>
internal sealed class HonestCounter
{
    public long Applied { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>Applied, with a value that this counter cannot have had.</summary>
    public long Wrong { get; private set; }

    /// <summary>One increment was applied, and this is what the server replied.</summary>
    public void OnApplied(long value)
    {
        Applied++;
        if (value < Applied || value > Applied + Unknown) Wrong++;
    }

    public void OnUnknown() => Unknown++;

    /// <summary>How many increments that were told as applied the server does not have.</summary>
    public long LostAt(long value) => Math.Max(0, Applied - value);

    /// <summary>How many more the server has than were told as applied or unknown.</summary>
    public long DuplicatedAt(long value) => Math.Max(0, value - Applied - Unknown);
}

/// <summary>
/// One honest sender's list: to which it adds a number of its own each time, after it was told what became of the former.
/// </summary>
internal sealed class HonestList
{
    private readonly List<Outcome?> _told = [];

    /// <summary>The number to add next.</summary>
    public int Next => _told.Count;

    /// <summary>How many were told as unknown.</summary>
    public long Unknown => _told.Count(outcome => outcome == Outcome.Unknown);

    /// <summary>The sender was told what became of the next number; or was not, if there is no outcome.</summary>
    public void OnTold(Outcome? outcome) => _told.Add(outcome);

    /// <summary>How many numbers that were told as applied the server does not have.</summary>
    public long LostFrom(IReadOnlyCollection<int> list)
    {
        var there = list.ToHashSet();
        return Enumerable.Range(0, _told.Count).Count(number => _told[number] == Outcome.Applied && !there.Contains(number));
    }

    /// <summary>How many numbers are there more than once, or though they were told as not sent or rejected.</summary>
    public long DuplicatedIn(IReadOnlyCollection<int> list)
    {
        var never = list.Distinct().Count(number => _told[number] is Outcome.NotSent or Outcome.Rejected);
        return list.Count - list.Distinct().Count() + never;
    }

    /// <summary>How many numbers stand behind a greater one.</summary>
    public static long MisplacedIn(IReadOnlyCollection<int> list) => list.Zip(list.Skip(1)).Count(pair => pair.First > pair.Second);
}
