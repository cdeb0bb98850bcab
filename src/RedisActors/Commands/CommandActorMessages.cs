using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;

namespace RedisActors.Commands;

/// <summary>From a command actor to its supervisor: tell me about links, starting with the present one.</summary>
internal sealed record AttachCommands(IActorRef Commands, LaneGauges Gauges) : INoSerializationVerificationNeeded;

/// <summary>From a restarted command actor to its supervisor: these are the gauges from now on.</summary>
internal sealed record ShowGauges(LaneGauges Gauges) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: commands flow over this link from now on.</summary>
internal sealed record LinkUp(long Epoch, IRedisLink Link) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: the link of this epoch is gone and disposed of.</summary>
internal sealed record LinkDown(long Epoch, string Cause) : INoSerializationVerificationNeeded;

/// <summary>
/// From the supervisor to the command actor: send nothing more over the link, and abandon it for this reason as soon as everything
/// in flight is answered or has had its time.
/// </summary>
internal sealed record LeaveLink(string Reason) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: there will be no link for now; answer what is stashed and what comes.</summary>
internal sealed record NoMoreLinks(string Cause) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor, after <see cref="NoMoreLinks"/>: commands may wait for a link again.</summary>
internal sealed class LinksAgain : INoSerializationVerificationNeeded
{
    public static readonly LinksAgain Instance = new();
}

/// <summary>
/// From a command actor to its supervisor: exactly-once commands go to a server that may lose their tokens. Sent for each link.
/// </summary>
/// <param name="Risk">What that means for them (<see cref="TokenRisk"/>).</param>
internal sealed record TokensAtRisk(string Risk) : INoSerializationVerificationNeeded;

/// <summary>
/// From a session's user to the RedisActor, and on to a command actor whose link leads to the same server: end the wait of that connection.
/// </summary>
/// <param name="About">The command that waits.</param>
/// <param name="ClientId">The server's number for the connection.</param>
internal sealed record UnblockClient(RedisCommand About, long ClientId) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>From the RedisActor to a command actor: say so, if you hold no command.</summary>
internal sealed class ReportIdle : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly ReportIdle Instance = new();
}

/// <summary>From a command actor to its RedisActor: nothing is in flight here and nothing is stashed.</summary>
internal sealed class LaneIdle : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly LaneIdle Instance = new();
}

/// <summary>
/// How many commands a command actor holds, for events and metrics. Read from other threads at any time, so the numbers are a
/// snapshot.
/// </summary>
/// <param name="inFlight">Returns the number of commands sent and not answered.</param>
/// <param name="stashed">Returns the number of commands waiting for a link.</param>
internal sealed class LaneGauges(Func<int> inFlight, Func<int> stashed)
{
    private volatile int _returned;

    /// <summary>The gauges of a lane without a command actor.</summary>
    public static LaneGauges None { get; } = new(static () => 0, static () => 0);

    public Func<int> InFlight => inFlight;

    public Func<int> Stashed => stashed;

    /// <summary>How many of the stashed commands were sent before, over the lost link.</summary>
    public int Returned
    {
        get => _returned;
        set => _returned = value;
    }
}
