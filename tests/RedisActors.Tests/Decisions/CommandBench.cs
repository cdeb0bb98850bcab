using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

/// <summary>A ledger with everything around it that a test needs: a sender, a link that keeps what it is given, and what was signalled.</summary>
internal sealed class CommandBench
{
    public static readonly LinkFault CertainlyNotSent = new(true, "there is no connection");
    public static readonly LinkFault PerhapsSent = new(false, "the socket closed");

    private readonly TokenContext _tokens;
    private readonly HeldLink _link = new();
    private long _sequence;
    private int _signals;

    public CommandBench(
        ReplayLimit limit = ReplayLimit.LastWins,
        int maxCount = 1000,
        long maxBytes = 1 << 30,
        WhenStashFull whenFull = WhenStashFull.RejectNew,
        int window = 1000,
        int maxWindow = 1000,
        bool inCluster = false,
        int maxInFlight = 1000,
        long maxInFlightBytes = 1 << 30,
        int groups = 1,
        int requests = 1)
    {
        Rules = new ReplayPolicy(limit, new CommandFacts());
        _tokens = new TokenContext(TimeSpan.FromSeconds(100)) { Eviction = ServerEviction.None };
        Queue = new InFlightQueue(CommandRefused.Add, () => RoomSignals++);
        Stash = new CommandStash(maxCount, maxBytes, whenFull);
        GroupSize = new GroupSize(new GroupSettings(groups, 10_000, TimeSpan.FromMilliseconds(2), requests));
        Ledger = new CommandLedger(
            Rules, Queue, Stash, new ReplayWindow(window, maxWindow), new InFlightSettings(maxInFlight, maxInFlightBytes), GroupSize)
        {
            InCluster = inCluster,
        };
        CommandSender = new CommandSender(_tokens, GroupSize, inCluster, refused => Ledger.CommandRefused(refused.Command, refused.Speaker));
    }

    public ReplayPolicy Rules { get; }

    public InFlightQueue Queue { get; }

    public CommandStash Stash { get; }

    public CommandLedger Ledger { get; }

    public GroupSize GroupSize { get; }

    public CommandSender CommandSender { get; }

    public RecordingSender Sender { get; } = new();

    /// <summary>What came back and was not given to the ledger yet.</summary>
    public List<PendingCommand> CommandRefused { get; } = [];

    /// <summary>How often room was signalled.</summary>
    public int RoomSignals { get; private set; }

    /// <summary>The requests that the link was given, in order.</summary>
    public IReadOnlyList<LinkRequest> Requests => _link.Requests;

    /// <summary>What was handed over, in order.</summary>
    public List<PendingCommand> Sent { get; } = [];

    public IEnumerable<object?> SentStates => Sent.Select(command => command.Command.State);

    public string[] Told => Sender.Lines;

    public PendingCommand Accept(
        object state,
        string line = "INCR key",
        DeliveryMode delivery = DeliveryMode.WhenSafe,
        long deadline = long.MaxValue,
        long now = 0,
        string? token = null,
        bool wasSentBefore = false)
    {
        var words = line.Split(' ');
        var command = new RedisCommand(words[0], [.. words[1..]]) { State = state, IdempotencyKey = token, WasSentBefore = wasSentBefore };
        var pending = delivery == DeliveryMode.ExactlyOnce && Rules.ClassOf(command) != ReplayClass.ReadOnly
            ? new TokenCommand(
                command, CommandTable.Find(command), Sender, Akka.Actor.Nobody.Instance, deadline, ++_sequence, _tokens)
            : new PendingCommand(command, Sender, Akka.Actor.Nobody.Instance, delivery, deadline, ++_sequence)
            {
                RunsScript = CommandTable.Find(command)?.RunsScript == true,
            };
        return Accept(pending, now);
    }

    public PendingCommand AcceptTransaction(object state, params string[] lines)
    {
        var commands = lines.Select(line => line.Split(' ')).Select(words => new RedisCommand(words[0], [.. words[1..]]));
        var transaction = new RedisTransaction([.. commands]) { State = state };
        return Accept(
            new TransactionCommand(transaction, Sender, Akka.Actor.Nobody.Instance, DeliveryMode.WhenSafe, long.MaxValue, ++_sequence, _tokens), now: 0);
    }

    private PendingCommand Accept(PendingCommand pending, long now)
    {
        if (Ledger.MustHandOverBefore(pending)) HandOver(now);
        if (Ledger.Accept(pending, now)) Send(pending, alone: true);
        else if (Ledger.HasGathered) HandOver(now);
        return pending;
    }

    /// <summary>A command that comes from another ledger takes its place in this one's order.</summary>
    public void Join(PendingCommand command) => command.Join(++_sequence, _tokens);

    public void LinkUp(long now = 0)
    {
        Ledger.LinkUp();
        HandOver(now);
    }

    public void HandOver(long now = 0)
    {
        while (Ledger.Next(now) is { } command) Send(command);
        CommandSender.Flush(_link);
    }

    /// <summary>As often as room was signalled: says so to the ledger, and sends what it gives.</summary>
    public void TakeSignals()
    {
        for (; _signals < RoomSignals; _signals++)
        {
            Ledger.RoomAgain();
            HandOver();
        }
    }

    public void LinkLost(long now = 0)
    {
        Ledger.LinkLost("the socket closed", now);
        GiveBack();
    }

    /// <summary>Gives to the ledger what has come back. Answers what it wants done about the last.</summary>
    public RefusalAction? GiveBack()
    {
        RefusalAction? after = null;
        foreach (var command in CommandRefused) after = Ledger.CommandRefused(command);
        CommandRefused.Clear();
        return after;
    }

    /// <summary>The server refuses a command for the time being.</summary>
    public RefusalAction? Refuse(PendingCommand command, string error = "TRYAGAIN Multiple keys request during rehashing of slot")
    {
        command.Reject(error);
        return GiveBack();
    }

    /// <summary>The wait to ask again is over.</summary>
    public PendingCommand? Retry(long now = 0)
    {
        var probe = Ledger.RetryDue(now);
        if (probe is not null)
        {
            Send(probe);
            while (Ledger.NextMate(now) is { } mate) Send(mate);
            CommandSender.Flush(_link);
            Ledger.AwaitProbe();
        }

        return probe;
    }

    private void Send(PendingCommand command, bool alone = false)
    {
        Sent.Add(command);
        CommandSender.Send(command, _link);
        if (alone) CommandSender.Flush(_link);
    }

    /// <summary>What was sent last under this name.</summary>
    public PendingCommand Last(object state) => Sent.Last(command => state.Equals(command.Command.State));

    public void Succeed(object state) => Last(state).Succeed(RespValue.Integer(1));
}
