using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Lanes;

/// <summary>
/// The settings of one connection, read once from HOCON and valid from then on. What each means, its unit and its default:
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
            "lanes", ["topology"], "is not valid where topology is cluster; 1 is, since each node has a connection of its own");
        Supervision = new SupervisionSettings(read);
        DrainInPhase = ReadPhase(read, shutdownPhases);
        Commands = new CommandSettings(name, read);
        Warnings = read.Warnings;
    }

    public string Name { get; }

    /// <summary>How many connections share the commands.</summary>
    public int Lanes { get; }

    /// <summary>The phase of the coordinated shutdown in which commands under way may finish; null: they may not.</summary>
    public string? DrainInPhase { get; }

    public LinkSettings Link { get; private init; }

    public CommandSettings Commands { get; }

    public SupervisionSettings Supervision { get; private init; }

    /// <summary>What is valid and still hardly meant, a line each, logged when the connection is started.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads the settings of a connection; the reader collects what is wrong with them.</summary>
    /// <param name="name">The connection's name.</param>
    /// <param name="read">Reads its settings.</param>
    /// <param name="shutdownPhases">The phases of the coordinated shutdown; null: not known.</param>
    public static RedisSettings Read(string name, SettingsReader read, IReadOnlyList<string>? shutdownPhases) =>
        new(name, read, shutdownPhases);

    /// <summary>
    /// The settings of lanes for another database. Whether the server has it, and lets this client in, shows only when it is needed: then
    /// its commands are answered at once, and nothing else suffers.
    /// </summary>
    public RedisSettings ForDatabase(int database) => this with
    {
        Link = Link with { Database = database, ClientName = $"{Link.ClientName}-db-{database}" },
        Supervision = Supervision.AnsweringAtOnce(),
    };

    /// <summary>The settings of one of several lanes: the same, under a client name of its own.</summary>
    public RedisSettings ForLane(int number) => Lanes == 1 && Link.Topology != RedisTopology.Cluster
        ? this
        : this with { Link = Link with { ClientName = $"{Link.ClientName}-lane-{number}" } };

    /// <summary>Reads <c>shutdown.drain-in-phase</c>; null where commands under way are not waited for.</summary>
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
