using RedisActors.Commands;

namespace RedisActors.Simulation;

/// <summary>One command from its sender to its answer, with everything that the server did about it.</summary>
internal sealed class TrackedCommand
{
    public required int Number { get; init; }

    public required int Sender { get; init; }

    public required DeliveryMode Mode { get; init; }

    /// <summary>What it truly does when it runs twice, whatever the ledger is told.</summary>
    public required ReplayClass Class { get; init; }

    public required string[] Keys { get; init; }

    /// <summary>Set once, as the command carries this along as its state.</summary>
    public RedisCommand Command { get; set; } = null!;

    /// <summary>Whether the server ends any connection that brings it, without executing it.</summary>
    public bool IsPoison => Command.Name == "MODULE.POISON";

    public bool Writes => Class != ReplayClass.ReadOnly;

    /// <summary>In milliseconds; <see cref="long.MaxValue"/> is never. Known when it was accepted.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    public bool Accepted { get; set; }

    /// <summary>Its requests, one for each time it was handed to a link.</summary>
    public List<TrackedRequest> Requests { get; } = [];

    /// <summary>What the server did about it, in order.</summary>
    public List<Execution> Executions { get; } = [];

    /// <summary>The errors with which the server refused to execute it, for good.</summary>
    public List<string> Rejections { get; } = [];

    /// <summary>How many connections the server ended rather than answer it.</summary>
    public int ConnectionsEnded { get; set; }

    /// <summary>Whether the server did not find its token, and could not say that it had not evicted it.</summary>
    public bool TokenMayBeEvicted { get; set; }

    public Outcome? Told { get; set; }

    public RespValue Reply { get; set; }

    public override string ToString() =>
        $"#{Number} (sender {Sender}, {Mode}, {Class}) {Command.Name} {string.Join(' ', Command.ArgumentArray)}";
}

/// <summary>One hand-over of a command to a link.</summary>
internal sealed class TrackedRequest(PendingCommand pending, int epoch, long order, long at, bool isProbe)
{
    public PendingCommand Pending => pending;

    public int Epoch => epoch;

    /// <summary>When it was handed over, in the order of all that happens.</summary>
    public long Order => order;

    /// <summary>When it was handed over, in microseconds.</summary>
    public long At => at;

    public bool IsProbe => isProbe;

    /// <summary>When the ledger was told that the server refused it for the time being.</summary>
    public long BounceKnown { get; set; } = long.MaxValue;

    /// <summary>Whether the client has its reply, has not lost it, and knows what it means.</summary>
    public bool HasReply { get; set; }

    /// <summary>Whether the server has refused to execute it, for the time being or for good.</summary>
    public bool WasRefused { get; set; }
}

/// <summary>One run of a command on the server.</summary>
internal sealed record Execution(long Order, TrackedRequest Request, RespValue Reply, string? Error);
