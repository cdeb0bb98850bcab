#nullable disable
using Akka.Configuration;

namespace Akka.Actor.Internal;

internal sealed record ShutdownPhase(string Name, IReadOnlyCollection<string> DependsOn, TimeSpan Timeout, bool Recover, bool Enabled);

/// <summary>The configured phases, each after those that it depends on.</summary>
internal sealed class ShutdownPhases
{
    private readonly Dictionary<string, ShutdownPhase> _byName = new();
    private readonly List<ShutdownPhase> _inOrder = [];

    public ShutdownPhases(Config config)
    {
        var defaultTimeout = config.GetTimeSpan("default-phase-timeout");
        var phases = config.GetConfig("phases");
        foreach (var (name, _) in phases.AsEnumerable())
        {
            var phase = phases.GetConfig(name);
            _byName[name] = new ShutdownPhase(
                name,
                phase == null || !phase.HasPath("depends-on") ? [] : phase.GetStringList("depends-on").ToArray(),
                phase?.GetTimeSpan("timeout", defaultTimeout) ?? defaultTimeout,
                phase?.GetBoolean("recover", true) ?? true,
                phase?.GetBoolean("enabled", true) ?? true);
        }

        var entered = new HashSet<string>();
        foreach (var name in _byName.Keys)
        {
            Visit(name, entered);
        }
    }

    public IReadOnlyList<ShutdownPhase> InOrder => _inOrder;

    public ShutdownPhase Find(string name) => _byName.GetValueOrDefault(name ?? "");

    private void Visit(string name, HashSet<string> entered)
    {
        if (_inOrder.Exists(p => p.Name == name))
        {
            return;
        }

        if (!entered.Add(name))
        {
            throw new ArgumentException($"Cycle detected in graph of phases. It must be a DAG. phase [{name}] depends transitively on itself.");
        }

        if (!_byName.TryGetValue(name, out var phase))
        {
            return;
        }

        foreach (var before in phase.DependsOn)
        {
            Visit(before, entered);
        }

        _inOrder.Add(phase);
    }
}
