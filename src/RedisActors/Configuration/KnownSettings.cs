using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// The keys there are, which are those of <c>reference.conf</c>, and what is written elsewhere that is not among them. A section
/// that is empty there takes any key.
/// </summary>
internal sealed class KnownSettings
{
    private readonly HoconObject _known;
    private readonly List<string> _paths = [];

    /// <param name="known">A section of <c>reference.conf</c>.</param>
    public KnownSettings(HoconObject known)
    {
        _known = known;
        ListPaths(known, string.Empty);
    }

    /// <summary>Reports each key that is not known, and each value where there should be a section.</summary>
    /// <param name="written">What a user wrote; what the library itself says may be among it.</param>
    /// <param name="root">The full path of it.</param>
    /// <param name="problems">Where it is reported. Values are not: a misspelt key may hold a password.</param>
    public void Check(HoconObject written, string root, SettingsProblems problems) =>
        Check(written, _known, root, string.Empty, problems);

    private void Check(HoconObject written, HoconObject known, string root, string prefix, SettingsProblems problems)
    {
        foreach (var (key, value) in written.Items)
        {
            var path = prefix + key;
            if (!known.Items.TryGetValue(key, out var there))
            {
                problems.Add($"{root}.{path}", $"there is no such setting; {Suggestion(path, root, known)}");
            }
            else if (there.IsObject())
            {
                var section = there.GetObject();
                if (!value.IsObject()) problems.Add($"{root}.{path}", $"a value is not valid; {Contents(section)} is");
                else if (section.Items.Count > 0) Check(value.GetObject(), section, root, $"{path}.", problems);
            }
        }
    }

    /// <summary>
    /// The nearest of all paths where one is near. That is also one with the same last word: a setting in the wrong section, or in
    /// none.
    /// </summary>
    private string Suggestion(string path, string root, HoconObject section)
    {
        var nearest = _paths.MinBy(known => Distance(path, known))!;
        return Distance(path, nearest) <= 1 + (LastWord(path).Length / 3)
            ? $"did you mean {root}.{nearest}?"
            : $"{Contents(section)} is valid";
    }

    private static int Distance(string path, string known) => Math.Min(
        EditDistance.Between(path, known),
        EditDistance.Between(LastWord(path), LastWord(known)) + 1);

    private static ReadOnlySpan<char> LastWord(string path) => path.AsSpan(path.LastIndexOf('.') + 1);

    private static string Contents(HoconObject section) =>
        section.Items.Count == 0 ? "a section" : $"a section with {string.Join(", ", section.Items.Keys)}";

    private void ListPaths(HoconObject section, string prefix)
    {
        foreach (var (key, value) in section.Items)
        {
            _paths.Add(prefix + key);
            if (value.IsObject()) ListPaths(value.GetObject(), $"{prefix}{key}.");
        }
    }
}
