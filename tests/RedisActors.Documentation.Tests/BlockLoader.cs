using System.Text.RegularExpressions;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Coordination;
using Akka.Remote;
using RedisActors.AkkaCluster;
using RedisActors.Gateway;

namespace RedisActors.Documentation.Tests;

/// <summary>
/// Loads blocks of HOCON as the library does: settings under <c>redis-actors</c> are read and checked, others have to be settings that
/// Akka.NET has, and classes that are named have to be there.
/// </summary>
/// <param name="certificate">A certificate's file, which stands for those that the blocks name.</param>
internal sealed partial class BlockLoader(string certificate)
{
    private const string Own = "redis-actors";

    private static readonly Config Defaults = RedisExtension.DefaultConfig()
        .WithFallback(ConfigurationFactory.Default())
        .WithFallback(ConfigurationFactory.FromResource("Akka.Remote.Configuration.Remote.conf", typeof(RemoteActorRefProvider).Assembly))
        .WithFallback(ConfigurationFactory.FromResource("Akka.Cluster.Configuration.Cluster.conf", typeof(Cluster).Assembly))
        .WithFallback(ClusterSingleton.DefaultConfig());

    /// <summary>What is wrong with a block, and where it stands.</summary>
    public IEnumerable<string> Problems(Block block)
    {
        try
        {
            if (!IsBalanced(block.Text)) return [$"{block}: a brace or a bracket is not closed"];

            var written = ConfigurationFactory.ParseString(CertificateFile().Replace(block.Text, certificate));
            return ProblemsOf(written).Select(problem => $"{block}: {problem}").ToList();
        }
        catch (Exception error)
        {
            return [$"{block}: {error.Message}"];
        }
    }

    private static IEnumerable<string> ProblemsOf(Config written)
    {
        var leaves = Leaves(string.Empty, written.Root.GetObject()).ToList();
        if (leaves.Count == 0) yield return "there is no setting in it";

        foreach (var (path, value) in leaves)
        {
            if (!IsKnown(path)) yield return $"{path}: Akka.NET has no such setting";

            foreach (var name in value.IsArray() ? value.GetStringList() : [value.GetString()])
            {
                if (ClassName().IsMatch(name) && Type.GetType(name) is null) yield return $"{path}: there is no class {name}";
            }
        }

        var config = written.WithFallback(Defaults);
        var connections = RedisConnections.Create(config);
        foreach (var warning in connections.Named.Append(connections.Default).SelectMany(connection => connection.Warnings)) yield return warning;

        if (written.HasPath($"{Own}.akka-cluster")) RemoteRedisSettings.Create(config);
        if (written.HasPath($"{Own}.gateway")) GatewaySettings.Create(config);
        if (written.HasPath($"{Own}.lease"))
        {
            var lease = written.WithFallback(RedisLease.DefaultConfig()).GetConfig($"{Own}.lease");
            RedisLeaseSettings.Create(LeaseSettings.Create(lease, "lease", "owner"));
        }
    }

    /// <summary>The library checks its own; each phase of the coordinated shutdown has options that Akka's defaults do not list.</summary>
    private static bool IsKnown(string path) =>
        path.StartsWith($"{Own}.", StringComparison.Ordinal) ||
        Defaults.HasPath(path) ||
        OptionOfPhase().Match(path) is { Success: true } option && Defaults.HasPath(option.Groups["phase"].Value);

    /// <summary>Akka's parser takes the end of the text for the end of everything that is open.</summary>
    private static bool IsBalanced(string hocon)
    {
        var bare = TextOrComment().Replace(hocon, string.Empty);
        return bare.Count(letter => letter == '{') == bare.Count(letter => letter == '}') &&
            bare.Count(letter => letter == '[') == bare.Count(letter => letter == ']');
    }

    private static IEnumerable<(string Path, HoconValue Value)> Leaves(string prefix, HoconObject settings) => settings.Items.SelectMany(item =>
        item.Value.IsObject() ? Leaves($"{prefix}{item.Key}.", item.Value.GetObject()) : [($"{prefix}{item.Key}", item.Value)]);

    [GeneratedRegex(@"^(?<phase>akka\.coordinated-shutdown\.phases\.[\w-]+)\.(timeout|recover|enabled|depends-on)$")]
    private static partial Regex OptionOfPhase();

    [GeneratedRegex("\"[^\"\n]*\"|(#|//).*")]
    private static partial Regex TextOrComment();

    [GeneratedRegex(@"/etc/[\w/.-]+\.crt")]
    private static partial Regex CertificateFile();

    [GeneratedRegex(@"^[A-Z]\w*(\.\w+)+, [A-Z]\w*(\.\w+)*$")]
    private static partial Regex ClassName();
}
