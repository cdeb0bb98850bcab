using Akka.Configuration;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors;

/// <summary>The settings of all connections of an actor system, read and checked together.</summary>
internal sealed class RedisConnections
{
    /// <summary>The name of the connection that is always there.</summary>
    public const string DefaultName = "default";

    private const string Root = "redis-actors";
    private const string PhasesPath = "akka.coordinated-shutdown.phases";

    private static readonly Lazy<Config> Reference = new(() => RedisExtension.DefaultConfig().GetConfig(Root));

    private readonly RedisSettings _default;
    private readonly SettingsProblems _problemsOfDefault;

    private RedisConnections(RedisSettings @default, SettingsProblems problemsOfDefault, IReadOnlyList<RedisSettings> named)
    {
        _default = @default;
        _problemsOfDefault = problemsOfDefault;
        Named = named;
    }

    /// <summary>
    /// The settings of the connection <c>default</c>. Where there are named connections it may be no more than what they have in
    /// common, and need not be complete by itself; then asking for it throws.
    /// </summary>
    /// <exception cref="ConfigurationException">Its settings contradict each other, or some are missing.</exception>
    public RedisSettings Default
    {
        get
        {
            _problemsOfDefault.ThrowIfAny();
            return _default;
        }
    }

    /// <summary>The connections beside it.</summary>
    public IReadOnlyList<RedisSettings> Named { get; }

    /// <summary>The settings of a connection; those of <c>default</c> where there is none of this name.</summary>
    public RedisSettings Of(string name) => Named.FirstOrDefault(connection => connection.Name == name) ?? Default;

    /// <param name="config">
    /// The configuration of the actor system, <c>reference.conf</c> included. Without the phases of the coordinated shutdown in it,
    /// <c>shutdown.drain-in-phase</c> is not checked.
    /// </param>
    /// <param name="secrets">The secrets that are not in the configuration; null: none.</param>
    /// <exception cref="ConfigurationException">Something is missing or invalid; the message names each full path.</exception>
    public static RedisConnections Create(Config config, RedisSecretsSetup? secrets = null) =>
        Create(config, ConnectionAdditionsSetup.Of(secrets ?? RedisSecretsSetup.Empty));

    /// <summary>The same, with everything that is not in the configuration, by the connection's name.</summary>
    public static RedisConnections Create(Config config, IReadOnlyDictionary<string, ConnectionAdditions> additions)
    {
        var problems = new SettingsProblems();
        var section = SectionIn(config, problems);
        var phases = ShutdownPhasesIn(config);
        new KnownSettings(Reference.Value.Root.GetObject()).Check(section.Root.GetObject(), Root, problems);

        var names = NamesIn(section, problems);
        foreach (var name in additions.Keys.Except([DefaultName, .. names]))
        {
            problems.Add(nameof(RedisSecretsSetup), $"there is no connection {HiddenText.Quoted(name)}; expected {string.Join(", ", [DefaultName, .. names])}");
        }

        var problemsOfDefault = names.Count == 0 ? problems : new SettingsProblems();

        // What stands in the place of the section was reported above.
        var added = additions.GetValueOrDefault(DefaultName) ?? ConnectionAdditions.None;
        var common = Over(
            HoconShape.IsSection(section.GetValue(DefaultName)) ? section.GetConfig(DefaultName) : Reference.Value.GetConfig(DefaultName),
            added,
            problems);
        var @default = RedisSettings.Read(
            DefaultName,
            new SettingsReader(
                common,
                SettingsOrigin.OfDefault($"{Root}.{DefaultName}", common, Reference.Value.GetConfig(DefaultName), added.WrittenAt),
                problems,
                problemsOfDefault,
                added.Parts),
            phases);

        var known = new KnownSettings(Reference.Value.GetValue(DefaultName).GetObject());
        var named = new List<RedisSettings>();
        foreach (var name in names)
        {
            var ownAdded = additions.GetValueOrDefault(name) ?? ConnectionAdditions.None;
            var own = Over(section.GetConfig($"connections.{name}"), ownAdded, problems);
            var root = $"{Root}.connections.{name}";
            known.Check(section.GetValue($"connections.{name}").GetObject(), root, problems);
            var read = new SettingsReader(
                own.WithFallback(common), SettingsOrigin.OfNamed(root, own, ownAdded.WrittenAt), problems, problems, ownAdded.Parts, added.Parts);
            named.Add(RedisSettings.Read(name, read, phases));
        }

        problems.ThrowIfAny();
        return new RedisConnections(@default, problemsOfDefault, named);
    }

    /// <summary>The phases of the coordinated shutdown; null where the configuration does not say.</summary>
    public static IReadOnlyList<string>? ShutdownPhasesIn(Config config) =>
        config.HasPath(PhasesPath) ? [.. config.GetConfig(PhasesPath).AsEnumerable().Select(phase => phase.Key)] : null;

    /// <summary>The settings of a connection with what was added to them; what cannot even be added is reported.</summary>
    private static Config Over(Config config, ConnectionAdditions added, SettingsProblems problems)
    {
        foreach (var (path, problem) in added.Problems) problems.Add(path, problem);
        return SecretSettings.Over(added.Options.IsEmpty ? config : added.Options.WithFallback(config), added.Secrets);
    }

    /// <summary>The section of the library. A value in its place leaves nothing to read.</summary>
    private static Config SectionIn(Config config, SettingsProblems problems)
    {
        if (config.GetValue(Root) is not { } value || HoconShape.IsSection(value)) return config.GetConfig(Root);
        problems.Add(Root, $"{HoconShape.Of(value)} is not valid; expected a section with {string.Join(", ", Reference.Value.Root.GetObject().Items.Keys)}");
        problems.ThrowIfAny();
        return config;
    }

    private static List<string> NamesIn(Config section, SettingsProblems problems)
    {
        var names = new List<string>();
        if (section.GetValue("connections") is not { } connections || !HoconShape.IsSection(connections)) return names;
        foreach (var (name, value) in connections.GetObject().Items)
        {
            var path = $"{Root}.connections.{HiddenText.Key(name)}";
            if (!IsName(name))
            {
                problems.Add(
                    path,
                    $"{HiddenText.Quoted(name)} is not valid as the name of a connection; expected letters, digits, hyphens and underscores, and not 'default'");
            }
            else if (!HoconShape.IsSection(value)) problems.Add(path, $"{HoconShape.Of(value)} is not valid; expected a section with the settings of the connection");
            else names.Add(name);
        }

        return names;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && name != DefaultName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
