using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Lanes;

/// <summary>
/// The settings of one connection, read and validated once from HOCON. For meanings, units and defaults see
/// <c>hocon/reference.conf</c>.
/// </summary>
internal sealed record RedisSettings
{
    private const int MostLanes = 1024;

    private RedisSettings(string name, SettingsReader read, IReadOnlyList<string>? shutdownPhases)
    {
        Name = name;
        Link = new LinkSettings(name, read);
        Lanes = read.Number("lanes", 1, MostLanes);
        read.RequireTogether(
            Lanes == 1 || Link.Topology != RedisTopology.Cluster,
            "lanes", ["topology"], "is not valid with topology = cluster; expected 1, because each node has a connection of its own");
        Supervision = new SupervisionSettings(read);
        Sessions = new SessionSettings(read);
        DrainInPhase = ReadPhase(read, shutdownPhases);
        Commands = new CommandSettings(name, read);
        Warnings = read.Warnings;
    }

    public string Name { get; }

    /// <summary>How many connections share the commands.</summary>
    public int Lanes { get; }

    /// <summary>The connections that blocking commands have for themselves.</summary>
    public SessionSettings Sessions { get; }

    /// <summary>The phase of the coordinated shutdown in which the connection is drained; null: it is not drained.</summary>
    public string? DrainInPhase { get; }

    public LinkSettings Link { get; private init; }

    public CommandSettings Commands { get; }

    public SupervisionSettings Supervision { get; private init; }

    /// <summary>Settings that are valid but probably not intended, one line each, logged when the connection is started.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads the settings of a connection; the reader collects the problems.</summary>
    /// <param name="name">The connection's name.</param>
    /// <param name="read">Reads its settings.</param>
    /// <param name="shutdownPhases">The phases of the coordinated shutdown; null: unknown.</param>
    public static RedisSettings Read(string name, SettingsReader read, IReadOnlyList<string>? shutdownPhases) =>
        new(name, read, shutdownPhases);

    /// <summary>
    /// The settings of lanes for another database. Whether the server has that database and grants this client access turns out only on
    /// first use. If not, its commands are answered at once, and no others are affected.
    /// </summary>
    public RedisSettings ForDatabase(int database) => this with
    {
        Link = Link with { Database = database, ClientName = $"{Link.ClientName}-db-{database}" },
        Supervision = Supervision.AnsweringAtOnce(),
    };

    /// <summary>The settings of one of several lanes: the same, with a client name of its own.</summary>
    public RedisSettings ForLane(int number) => Lanes == 1 && Link.Topology != RedisTopology.Cluster
        ? this
        : this with { Link = Link with { ClientName = $"{Link.ClientName}-lane-{number}" } };

    /// <summary>The settings of a session: the same, with a client name of its own; nobody else is told that its restart budget is spent.</summary>
    public RedisSettings ForSession(int number) => this with
    {
        Link = Link with { ClientName = $"{Link.ClientName}-session-{number}" },
        Supervision = Supervision.NotEscalating(),
    };

    /// <summary>The settings of the lane of subscriptions.</summary>
    public RedisSettings ForSubscriptions() => this with { Link = Link with { ClientName = $"{Link.ClientName}-subscriptions" } };

    /// <summary>Reads <c>shutdown.drain-in-phase</c>; null: the connection is not drained.</summary>
    public static string? ReadPhase(SettingsReader read, IReadOnlyList<string>? phases)
    {
        var phase = read.TextOrNull("shutdown.drain-in-phase");
        read.Require(
            phase is null || phases is null || phases.Contains(phase),
            "shutdown.drain-in-phase",
            $"a phase of akka.coordinated-shutdown.phases ({string.Join(", ", phases ?? [])})");
        return phase;
    }
}
