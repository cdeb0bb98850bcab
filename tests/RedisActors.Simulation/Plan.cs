using RedisActors.Backoff;
using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Supervision;

namespace RedisActors.Simulation;

/// <summary>How a run ends.</summary>
internal enum Ending
{
    /// <summary>Faults stop, and time passes until everything is answered.</summary>
    Heals,

    /// <summary>The RedisActor is stopped.</summary>
    Stops,

    /// <summary>The restart budget is small, and the link is lost.</summary>
    GivesUp,
}

/// <summary>What a run is about: settings, commands and faults, all from one seed.</summary>
internal sealed class Plan
{
    /// <summary>
    /// How long tokens are kept. A tenth of it is more than the longest time from the hand-over of a request to its execution
    /// here (a silent connection, then a stall), which is what the ledger assumes.
    /// </summary>
    public static readonly TimeSpan Keep = TimeSpan.FromSeconds(80);

    public static readonly ExponentialBackoff Retry = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200), 2, 0.2);

    private static readonly DeliveryMode[] Modes =
        [DeliveryMode.AtMostOnce, DeliveryMode.WhenSafe, DeliveryMode.AtLeastOnce, DeliveryMode.ExactlyOnce];

    // It has its own chance, so that schedules without transactions and scripts are what they were without them.
    private readonly Chance _compounds;

    public Plan(Chance chance, int seed)
    {
        _compounds = new Chance(unchecked((seed * 7919) + 3));
        HasCompounds = _compounds.Of(0.2);
        Senders = chance.Between(1, 3);
        Commands = chance.Between(8, 36);
        Span = chance.Spread(30, 3000);
        Limit = chance.Pick([ReplayLimit.ReadOnly, ReplayLimit.LastWins, ReplayLimit.LastWins, ReplayLimit.Conditional]);
        SingleMode = chance.Of(0.6) ? chance.Pick(Modes) : null;
        var small = chance.Of(0.2);
        StashMaxCount = small && chance.Of(0.7) ? chance.Between(0, 8) : 10_000;
        StashMaxBytes = small && chance.Of(0.5) ? chance.Between(200, 3000) : 1 << 20;
        WhenFull = chance.Of(0.5) ? WhenStashFull.RejectNew : WhenStashFull.DropOldest;
        InitialWindow = chance.Of(0.5) ? chance.Between(1, 3) : chance.Between(4, 64);
        MaxWindow = Math.Max(InitialWindow, chance.Between(1, 64));
        Heartbeat = chance.Spread(50, 2500);
        ShortTimeouts = chance.Of(0.3);
        Faults = chance.Between(0, 5);
        Ending = chance.Of(0.84) ? Ending.Heals : chance.Of(0.6) ? Ending.Stops : Ending.GivesUp;
        LateClient = chance.Of(0.3) ? 30 : 1;
        Keys = chance.Between(1, 2);
        LosesReplies = chance.Of(0.1);
        InFlightMaxCount = chance.Of(0.2) ? chance.Between(1, 8) : 10_000;
        InFlightMaxBytes = chance.Of(0.1) ? chance.Between(200, 3000) : 1 << 20;
        HasPoison = chance.Of(0.05);
        Group = new GroupSettings(chance.Of(0.15) ? 1 : chance.Between(2, 12), chance.Of(0.2) ? chance.Between(200, 2000) : 1 << 20, TimeSpan.FromMilliseconds(2), requests: chance.Of(0.2) ? 2 : 1);
        MaxRestarts = Ending == Ending.GivesUp ? chance.Between(0, 3) : null;
        HasCancellations = chance.Of(0.3);
        PollInterval = chance.Of(0.5) ? TimeSpan.FromMilliseconds(100) : Timeout.InfiniteTimeSpan;
    }

    public int Senders { get; }

    public int Commands { get; }

    /// <summary>In which time commands are sent and faults happen.</summary>
    public long Span { get; }

    public ReplayLimit Limit { get; }

    public DeliveryMode? SingleMode { get; }

    public int StashMaxCount { get; }

    public long StashMaxBytes { get; }

    public WhenStashFull WhenFull { get; }

    public int InFlightMaxCount { get; }

    public long InFlightMaxBytes { get; }

    /// <summary>Up to what size exactly-once commands share a request.</summary>
    public GroupSettings Group { get; }

    /// <summary>Whether there are commands that end the connection that brings them.</summary>
    public bool HasPoison { get; }

    /// <summary>Whether there are transactions and scripts that the library loads.</summary>
    public bool HasCompounds { get; }

    /// <summary>Whether senders cancel commands of theirs.</summary>
    public bool HasCancellations { get; }

    public int InitialWindow { get; }

    public int MaxWindow { get; }

    /// <summary>After what time a silent connection is given up.</summary>
    public long Heartbeat { get; }

    public bool ShortTimeouts { get; }

    public int Faults { get; }

    public Ending Ending { get; }

    /// <summary>How late the client completes what has arrived, at most, in milliseconds.</summary>
    public double LateClient { get; }

    /// <summary>Whether the client, when its connection breaks, forgets replies that it had received and not told yet.</summary>
    public bool LosesReplies { get; }

    /// <summary>How many keys there are of each type.</summary>
    public int Keys { get; }

    /// <summary>How many times a connection may be restarted; null: any number.</summary>
    public int? MaxRestarts { get; }

    /// <summary>How often the supervisor polls the server while it waits; infinite is never.</summary>
    public TimeSpan PollInterval { get; }

    public TrackedCommand NextCommand(Chance chance, int number, Mutation mutation)
    {
        var mode = SingleMode ?? chance.Pick(Modes);
        var unique = $"v{number}";
        var key = chance.Between(1, Keys);
        var (name, replay, keys, arguments) = chance.Between(0, 17) switch
        {
            <= 2 => ("INCR", ReplayClass.Accumulating, new[] { $"counter{key}" }, Array.Empty<string>()),
            3 => ("SET", ReplayClass.LastWins, [$"counter{key}"], [$"{number * 1000}"]),
            4 => ("GET", ReplayClass.ReadOnly, [$"counter{key}"], []),
            5 or 6 or 7 => ("RPUSH", ReplayClass.Accumulating, [$"list{key}"], [unique]),
            8 or 9 => ("SET", ReplayClass.LastWins, [$"text{key}"], [unique]),
            10 => ("GET", ReplayClass.ReadOnly, [$"text{key}"], []),
            11 => ("MSET", ReplayClass.LastWins, ["text1", "text2"], [unique]),
            12 => ("SETNX", ReplayClass.Conditional, [$"text{key}"], [unique]),
            13 => ("DEL", ReplayClass.Conditional, [$"text{key}"], []),
            14 => ("INCR", ReplayClass.Accumulating, [$"list{key}"], []),
            15 when mode != DeliveryMode.ExactlyOnce => ("EVAL", ReplayClass.Accumulating, [$"list{key}"], [unique]),
            _ => ("MODULE.PUSH", ReplayClass.Accumulating, [$"list{key}"], [unique]),
        };
        if (HasPoison && chance.Of(0.1)) (name, replay, keys, arguments) = ("MODULE.POISON", ReplayClass.Accumulating, [$"list{key}"], [unique]);

        var compound = HasCompounds && _compounds.Of(0.4) ? NextCompound(key, unique) : null;
        if (compound is not null)
        {
            var looks = compound is RedisTransaction { ConditionArray.Length: > 0 };
            (name, replay, keys) = (compound.Name, ReplayClass.Accumulating, [$"counter{key}", $"list{key}", .. looks ? [$"text{key}"] : Array.Empty<string>()]);
        }

        var tracked = new TrackedCommand { Number = number, Sender = chance.Between(1, Senders), Mode = mode, Class = replay, Keys = keys };
        var stated = name == "MODULE.PUSH" && chance.Of(0.3) ? replay : (ReplayClass?)null;
        if (mutation == Mutation.AccumulatingReplayed && mode == DeliveryMode.WhenSafe) stated = ReplayClass.ReadOnly;
        tracked.Command = (compound ?? Command(name, keys, arguments)) with
        {
            State = tracked,
            Delivery = mutation == Mutation.AtMostOnceReplayed && mode == DeliveryMode.AtMostOnce ? DeliveryMode.AtLeastOnce : mode,
            ReplayClass = stated,
            Timeout = TimeoutOf(chance),
            Database = chance.Of(0.1) ? 0 : null,
            IdempotencyKey = mode == DeliveryMode.ExactlyOnce && chance.Of(0.2) ? $"token-{number}" : null,
        };
        return tracked;
    }

    /// <summary>All of them count, and add to a list; the conditional one where there is no text.</summary>
    private RedisCommand NextCompound(int key, string unique)
    {
        var (count, add) = (new RedisCommand("INCR", $"counter{key}"), new RedisCommand("RPUSH", $"list{key}", unique));
        return _compounds.Between(1, 3) switch
        {
            1 => new RedisTransaction(count, add),
            2 => new RedisTransaction(count, add) { Conditions = [RedisCondition.KeyNotExists($"text{key}")] },
            _ => new RedisScript("a script that answers as it likes", [$"counter{key}", $"list{key}"], unique),
        };
    }

    private static RedisCommand Command(string name, string[] keys, string[] arguments) => (name, arguments) switch
    {
        ("EVAL", [var argument]) => new RedisCommand(name, "a script that answers as it likes", 1, keys[0], argument),
        ("MSET", [var value]) => new RedisCommand(name, keys[0], value, keys[1], value),
        (_, [var argument]) => new RedisCommand(name, keys[0], argument),
        _ => new RedisCommand(name, keys[0]),
    };

    private TimeSpan TimeoutOf(Chance chance) =>
        !ShortTimeouts || chance.Of(0.4)
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(chance.Of(0.8) ? chance.Between(20, 3000) : chance.Between(3000, 120_000));
}
