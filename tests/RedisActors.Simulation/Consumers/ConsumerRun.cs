using System.Globalization;
using RedisActors.Consumers;

namespace RedisActors.Simulation.Consumers;

/// <summary>
/// Three consumers of one group under a seeded schedule of faults, in virtual time: replies are lost, consumers die and come back or not, stand
/// still, handlers fail or never answer. When the faults have ended, everything must be acknowledged or among the dead letters.
/// </summary>
internal sealed class ConsumerRun
{
    private const long FaultsEnd = 20_000;
    private const long End = 60_000;
    private const int Tick = 50;

    private readonly PriorityQueue<Action, (long Time, int Order)> _queue = new();
    private readonly Chance _chance;
    private readonly ConsumerMutation _mutation;
    private readonly StreamModel _stream = new();
    private readonly List<Consumer> _consumers = [];
    private readonly RedisStreamConsumerOptions _common;
    private readonly Dictionary<int, int> _handed = [];
    private readonly HashSet<int> _deadLettered = [];
    private int _order;

    private ConsumerRun(int seed, ConsumerMutation mutation)
    {
        _chance = new Chance(seed);
        _mutation = mutation;
        _common = new RedisStreamConsumerOptions("s", "g", "c")
        {
            MaxInHand = _chance.Between(1, 8),
            MaxDeliveries = _chance.Between(2, 5),
            ClaimIdle = TimeSpan.FromMilliseconds(_chance.Between(600, 3000)),
            HandlerTimeout = mutation == ConsumerMutation.HandlerTimeIgnored ? TimeSpan.FromDays(1) : TimeSpan.FromMilliseconds(_chance.Between(200, 2000)),
            RetryAfter = TimeSpan.FromMilliseconds(_chance.Between(20, 500)),
        };
    }

    private long Now { get; set; }

    private bool FaultsAreOver => Now >= FaultsEnd;

    /// <summary>Runs schedules from a seed on; returns the first that violates something, or null.</summary>
    public static (int Seed, Violation Violation)? Search(int from, int count, ConsumerMutation mutation)
    {
        for (var seed = from; seed < from + count; seed++)
        {
            try
            {
                new ConsumerRun(seed, mutation).Run();
            }
            catch (Violation violation)
            {
                return (seed, violation);
            }
        }

        return null;
    }

    private void Run()
    {
        for (var i = 1; i <= 3; i++) Start(new Consumer($"c{i}", _common));
        var entries = _chance.Between(10, 60);
        for (var i = 0; i < entries; i++) At(_chance.Between(0, (int)FaultsEnd), () => _stream.Added++);
        for (var i = _chance.Between(0, 6); i > 0; i--) At(_chance.Between(0, (int)FaultsEnd), Disturb);
        while (_queue.TryDequeue(out var action, out var due) && due.Time <= End)
        {
            Now = due.Time;
            action();
        }

        if (!_stream.IsDone) throw new Violation($"Not everything is acknowledged in the end. {_stream.Rest}");
        for (var id = 1; id <= entries; id++)
        {
            if (!_handed.ContainsKey(id) && !_deadLettered.Contains(id)) throw new Violation($"{id} was acknowledged, and no handler had it.");
        }
    }

    private void At(long time, Action action) => _queue.Enqueue(action, (time, _order++));

    private void Disturb()
    {
        if (_consumers.Count == 0) return;
        var consumer = _chance.Pick(_consumers);
        switch (_chance.Between(1, 3))
        {
            case 1:
                // It dies, and comes back under its name.
                consumer.IsDead = true;
                _consumers.Remove(consumer);
                At(Now + _chance.Between(10, 5000), () => Start(new Consumer(consumer.Name, _common)));
                break;
            case 2 when _consumers.Count > 1:
                consumer.IsDead = true;
                _consumers.Remove(consumer);
                break;
            default:
                consumer.StandsStillUntil = Now + _chance.Between(10, 6000);
                consumer.StoodStill = true;
                break;
        }
    }

    private void Start(Consumer consumer)
    {
        _consumers.Add(consumer);
        consumer.Ledger.OnGroupThere();
        OnTick(consumer);
    }

    /// <summary>Something happens at a consumer, now or when it no longer stands still; never at a dead one.</summary>
    private void On(Consumer consumer, Action action)
    {
        if (consumer.IsDead) return;
        if (Now < consumer.StandsStillUntil)
        {
            At(consumer.StandsStillUntil, () => On(consumer, action));
            return;
        }

        action();
        if (consumer.Ledger.InHand > _common.MaxInHand) throw new Violation($"{consumer.Name} has {consumer.Ledger.InHand} in hand, not {_common.MaxInHand}");
        Step(consumer);
    }

    private void Later(Consumer consumer, long delay, Action action) => At(Now + delay, () => On(consumer, action));

    private void OnTick(Consumer consumer) => On(consumer, () =>
    {
        var ledger = consumer.Ledger;
        HandOverAgain(consumer, ledger.OnTime(Now));
        while (ledger.TakeFailed(Now) is { } held) AddToDeadLetters(consumer, held);
        Acknowledge(consumer);
        Later(consumer, Tick, () => OnTick(consumer));
    });

    private void Step(Consumer consumer)
    {
        if (consumer.IsStepping || Now < consumer.PausedUntil || consumer.Ledger.Next(Now) is not { } step) return;
        consumer.IsStepping = true;
        At(Now + _chance.Between(1, 20), () => Execute(consumer, step, Now + (step is StreamStep.ReadNew read ? (long)read.Block.TotalMilliseconds : 0)));
    }

    private void Execute(Consumer consumer, StreamStep step, long waitsUntil)
    {
        if (step is StreamStep.ReadNew && !_stream.HasNew && Now < waitsUntil && !consumer.IsDead)
        {
            At(Now + 10, () => Execute(consumer, step, waitsUntil));
            return;
        }

        var isLost = !FaultsAreOver && _chance.Of(0.1);
        if (isLost && _chance.Of(0.5))
        {
            Later(consumer, _chance.Between(1, 50), () => OnLost(consumer, step));
            return;
        }

        var answer = AnswerTo(consumer, step);
        Later(consumer, _chance.Between(1, 20), isLost ? () => OnLost(consumer, step) : () => OnAnswer(consumer, answer));
    }

    private void OnAnswer(Consumer consumer, Action answer)
    {
        consumer.IsStepping = false;
        answer();
    }

    private void OnLost(Consumer consumer, StreamStep step)
    {
        consumer.IsStepping = false;
        consumer.PausedUntil = Now + 20;
        var isForgotten = _mutation == ConsumerMutation.LostReplyForgotten;
        if (isForgotten) consumer.Forgets = true;
        else if (step is StreamStep.ReadNew or StreamStep.Claim) consumer.Ledger.OnReplyLost();
    }

    /// <summary>What the server does now, and what the consumer does when it hears of it.</summary>
    private Action AnswerTo(Consumer consumer, StreamStep step)
    {
        var ledger = consumer.Ledger;
        switch (step)
        {
            case StreamStep.ReadNew read:
                var entries = _stream.Read(consumer.Name, read.Count, Now).Select(id => Entry(id, 1)).ToList();
                return () => HandOver(consumer, ledger.OnRead(read, entries, Now));
            case StreamStep.LookForOwn look:
                var own = Page(consumer.Forgets ? [] : _stream.Look(consumer.Name, Behind(look.Behind), 0, look.Count, Now));
                return () => ledger.OnPage(own);
            case StreamStep.LookForIdle look:
                var idle = _mutation == ConsumerMutation.LeftBehind
                    ? []
                    : Page(_stream.Look(null, Behind(look.Behind), (long)_common.ClaimIdle.TotalMilliseconds, look.Count, Now));
                return () => ledger.OnPage(consumer.Forgets ? [.. idle.Where(pending => pending.Consumer != consumer.Name)] : idle);
            case StreamStep.Claim claim:
                var count = claim.Entries[0].Deliveries + (_mutation == ConsumerMutation.ClaimCounted ? 1 : 0);
                var least = _mutation == ConsumerMutation.IdleTimeIgnored ? 0 : claim.Entries.Min(pending => pending.Idle);
                var claimed = _stream.Claim(consumer.Name, Ids(claim.Entries), least, count, Now);
                return () => HandOverAgain(consumer, ledger.OnClaimed(claim, [.. claimed.Select(id => Entry(id, 1))], Now));
            case StreamStep.Renew renew:
                if (_mutation != ConsumerMutation.RenewalOmitted)
                {
                    _stream.Claim(consumer.Name, Ids(renew.Entries), renew.Entries.Min(pending => pending.Idle), null, Now);
                }

                return ledger.OnRenewed;
            default:
                throw new InvalidOperationException($"{step}");
        }
    }

    private void HandOverAgain(Consumer consumer, IReadOnlyList<RedisStreamEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (FaultsAreOver || _chance.Of(0.9)) _stream.Claim(consumer.Name, [Number(entry.Id)], 0, entry.Deliveries, Now);
        }

        HandOver(consumer, entries);
    }

    private void HandOver(Consumer consumer, IReadOnlyList<RedisStreamEntry> entries)
    {
        foreach (var entry in entries)
        {
            var id = Number(entry.Id);
            _handed[id] = _handed.GetValueOrDefault(id) + 1;
            if (entry.Deliveries == 1)
            {
                if (id <= consumer.LastNew) throw new Violation($"{consumer.Name} handed {id} over after {consumer.LastNew}");
                consumer.LastNew = id;
            }

            foreach (var other in _consumers)
            {
                if (other == consumer || !other.Handling.Contains(id)) continue;
                if (!other.StoodStill && !consumer.StoodStill) throw new Violation($"{consumer.Name} hands {id} over, which {other.Name} is handling");
            }

            if (consumer.Done.Contains(id)) throw new Violation($"{consumer.Name} hands {id} over, which its handler has acknowledged");
            consumer.Handling.Add(id);
            var fails = !FaultsAreOver && _chance.Of(0.15);
            if (fails && _chance.Of(0.3))
            {
                consumer.Handling.Remove(id);
                continue;
            }

            Later(consumer, _chance.Between(1, (int)(_common.HandlerTimeout.TotalMilliseconds / 2)), () => OnHandled(consumer, entry, fails));
        }
    }

    private void OnHandled(Consumer consumer, RedisStreamEntry entry, bool failed)
    {
        consumer.Handling.Remove(Number(entry.Id));
        if (failed && _mutation == ConsumerMutation.NoSecondDelivery) AddToDeadLetters(consumer, new HeldEntry(entry));
        else if (failed) consumer.Ledger.Fail(entry.Id, "failed", Now);
        else OnDone(consumer, entry);
        Acknowledge(consumer);
    }

    private static void OnDone(Consumer consumer, RedisStreamEntry entry)
    {
        consumer.Done.Add(Number(entry.Id));
        consumer.Ledger.Acknowledge(entry.Id);
    }

    private void Acknowledge(Consumer consumer)
    {
        if (consumer.IsAcknowledging || consumer.Ledger.Unacknowledged == 0) return;
        consumer.IsAcknowledging = true;
        var ids = consumer.Ledger.TakeDone();
        At(Now + _chance.Between(1, 20), () =>
        {
            var isLost = !FaultsAreOver && _chance.Of(0.1);
            if (!isLost || _chance.Of(0.5)) _stream.Acknowledge(ids.Select(Number));
            Later(consumer, _chance.Between(1, 20), () =>
            {
                consumer.IsAcknowledging = false;
                if (!isLost || _mutation == ConsumerMutation.AcknowledgementNotRepeated) consumer.Ledger.OnAcknowledged(ids);
                else consumer.Ledger.OnNotAcknowledged(ids);
            });
        });
    }

    private void AddToDeadLetters(Consumer consumer, HeldEntry held)
    {
        if (!FaultsAreOver && _chance.Of(0.1))
        {
            Later(consumer, 20, () => consumer.Ledger.OnNotDeadLettered(held, Now));
            return;
        }

        // A reply that was lost gives an entry without a delivery, once; what claims it does not count until the handler has it.
        var id = Number(held.Entry.Id);
        _deadLettered.Add(id);
        if (_handed.GetValueOrDefault(id) < _common.MaxDeliveries - 1)
        {
            throw new Violation($"{id} is a dead letter after {_handed.GetValueOrDefault(id)} deliveries, not {_common.MaxDeliveries}");
        }

        Later(consumer, 20, () => consumer.Ledger.OnDeadLettered(held));
    }

    private static RedisStreamEntry Entry(int id, int deliveries) => new("s", "g", $"{id}-0", [], deliveries);

    private static List<PendingEntry> Page(List<(int Id, string Consumer, long Idle, int Count)> rows) =>
        [.. rows.Select(row => new PendingEntry($"{row.Id}-0", row.Consumer, row.Idle, row.Count))];

    private static List<int> Ids(IReadOnlyList<PendingEntry> entries) => [.. entries.Select(entry => Number(entry.Id))];

    private static int Behind(string id) => id == "-" ? 0 : Number(id[1..]);

    private static int Number(string id) => int.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private sealed class Consumer(string name, RedisStreamConsumerOptions common)
    {
        public string Name => name;

        public StreamLedger Ledger { get; } = new(new RedisStreamConsumerOptions("s", "g", name)
        {
            MaxInHand = common.MaxInHand,
            MaxDeliveries = common.MaxDeliveries,
            ClaimIdle = common.ClaimIdle,
            HandlerTimeout = common.HandlerTimeout,
            RetryAfter = common.RetryAfter,
        });

        /// <summary>Entries that its handler is working on.</summary>
        public HashSet<int> Handling { get; } = [];

        /// <summary>Entries that its handler has acknowledged.</summary>
        public HashSet<int> Done { get; } = [];

        public bool IsStepping { get; set; }

        public bool IsAcknowledging { get; set; }

        public bool IsDead { get; set; }

        public bool StoodStill { get; set; }

        public bool Forgets { get; set; }

        public long StandsStillUntil { get; set; }

        public long PausedUntil { get; set; }

        public int LastNew { get; set; }
    }
}
