using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>The problems in the settings of all connections, collected so that they are reported together.</summary>
internal sealed class SettingsProblems
{
    private readonly List<string> _lines = [];

    public bool Any => _lines.Count > 0;

    /// <summary>Adds one line: the full path, and what is wrong with it.</summary>
    public void Add(string path, string problem) => _lines.Add($"{path}: {problem}");

    /// <exception cref="ConfigurationException">There is a problem; the message has one line for each.</exception>
    public void ThrowIfAny()
    {
        if (Any) throw new ConfigurationException(string.Join(Environment.NewLine, _lines));
    }
}
