using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>What is wrong with the settings, collected over all connections so that it is reported together.</summary>
internal sealed class SettingsProblems
{
    private readonly List<string> _lines = [];

    public bool Any => _lines.Count > 0;

    /// <summary>One line: the full path, and what is wrong with it.</summary>
    public void Add(string path, string problem) => _lines.Add($"{path}: {problem}");

    /// <exception cref="ConfigurationException">Something is wrong; a line for each problem.</exception>
    public void ThrowIfAny()
    {
        if (Any) throw new ConfigurationException(string.Join(Environment.NewLine, _lines));
    }
}
