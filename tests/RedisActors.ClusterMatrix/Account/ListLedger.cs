namespace RedisActors.ClusterMatrix;

/// <summary>
/// What the sender of one list was told of its commands. Each is <c>RPUSH list id</c>, its id one more than that of the command before, so
/// the list on the server shows what ran, how often, and in which order.
/// </summary>
/// <param name="key">The list.</param>
public sealed class ListLedger(string key)
{
    private readonly object _lock = new();
    private readonly List<Told> _told = [];
    private int _answered;
    private int _applied;
    private int _answeredAgain;

    public string Key => key;

    public int Unanswered
    {
        get
        {
            lock (_lock) return _told.Count - _answered;
        }
    }

    public int Applied
    {
        get
        {
            lock (_lock) return _applied;
        }
    }

    /// <summary>A command is about to be sent; returns its id.</summary>
    public int Send()
    {
        lock (_lock)
        {
            _told.Add(default);
            return _told.Count;
        }
    }

    /// <summary>The sender was told that the command was applied, and how long the list was then.</summary>
    public void ToldApplied(int id, long length) => Tell(id, new Told(Outcome.Applied, length));

    /// <summary>The sender was told another outcome.</summary>
    public void ToldFailed(int id, Outcome outcome) => Tell(id, new Told(outcome, 0));

    /// <summary>Compares what the sender was told with the list on the server.</summary>
    public ListAccount Compare(IReadOnlyList<string> items)
    {
        lock (_lock)
        {
            var count = new int[_told.Count + 1];
            var (latest, strangers, disordered) = (0, 0, 0);
            foreach (var item in items)
            {
                if (!int.TryParse(item, out var id) || id < 1 || id > _told.Count) strangers++;
                else if (++count[id] == 1 && id < latest) disordered++;
                else latest = Math.Max(latest, id);
            }

            return new ListAccount
            {
                Sent = _told.Count,
                Applied = Count(Outcome.Applied),
                Rejected = Count(Outcome.Rejected),
                NotSent = Count(Outcome.NotSent),
                Unknown = Count(Outcome.Unknown),
                UnknownRan = Ran(Outcome.Unknown),
                Lost = Count(Outcome.Applied) - Ran(Outcome.Applied),
                Doubled = strangers + count.Sum(times => Math.Max(0, times - 1)),
                Unanswered = _told.Count - _answered,
                OutOfOrder = disordered,
                RanUntold = Ran(Outcome.NotSent) + Ran(Outcome.Rejected),
                WrongReplies = _answeredAgain + _told.Where(IsWrong).Count(),
            };

            int Count(Outcome outcome) => _told.Count(told => told.Outcome == outcome);

            int Ran(Outcome outcome) => _told.Where((told, index) => told.Outcome == outcome && count[index + 1] > 0).Count();

            // What was lost is counted as that.
            bool IsWrong(Told told, int index) =>
                told.Outcome == Outcome.Applied && count[index + 1] > 0
                && (told.Length < 1 || told.Length > items.Count || items[(int)told.Length - 1] != $"{index + 1}");
        }
    }

    private void Tell(int id, Told told)
    {
        lock (_lock)
        {
            if (_told[id - 1].Outcome is not null)
            {
                _answeredAgain++;
                return;
            }

            _told[id - 1] = told;
            _answered++;
            if (told.Outcome == Outcome.Applied) _applied++;
        }
    }

    private readonly record struct Told(Outcome? Outcome, long Length);
}
