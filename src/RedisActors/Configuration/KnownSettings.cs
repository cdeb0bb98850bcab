using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// Finds keys that do not exist, that is, keys that <c>reference.conf</c> does not have. A section that is empty there accepts any key.
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

    /// <summary>Reports each unknown key, and each value in place of a section.</summary>
    /// <param name="written">What a user wrote; may include the library's own defaults.</param>
    /// <param name="root">Its full path.</param>
    /// <param name="problems">Receives the reports. Values are left out, because a misspelt key may hold a password.</param>
    public void Check(HoconObject written, string root, SettingsProblems problems) =>
        Check(written, _known, root, string.Empty, problems);

    private void Check(HoconObject written, HoconObject known, string root, string prefix, SettingsProblems problems)
    {
        foreach (var (key, value) in written.Items)
        {
            var path = prefix + key;
            if (!known.Items.TryGetValue(key, out var there))
            {
                problems.Add($"{root}.{prefix}{HiddenText.Key(key)}", $"there is no such setting; {Suggestion(path, root, known)}");
            }
            else if (there.IsObject())
            {
                var section = there.GetObject();
                var shape = HoconShape.Of(value);
                if (shape != HoconShape.Section) problems.Add($"{root}.{path}", $"{shape} is not valid; expected {Contents(section)}");
                else if (section.Items.Count > 0) Check(value.GetObject(), section, root, $"{path}.", problems);
            }
        }
    }

    /// <summary>
    /// The closest known path, if one is close enough. A path with the same last word is close too: a setting in the wrong section, or in
    /// none.
    /// </summary>
    private string Suggestion(string path, string root, HoconObject section)
    {
        var nearest = _paths.MinBy(known => Distance(path, known))!;
        return Distance(path, nearest) <= 1 + (LastWord(path).Length / 3)
            ? $"did you mean {root}.{nearest}?"
            : $"expected {Contents(section)}";
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
