#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>A path's keys: separated by dots, except within double quotes.</summary>
internal static class HoconPath
{
    public static IEnumerable<string> Split(string path)
    {
        if (path.Length == 0)
            return [];

        if (!path.Contains('"'))
            return path.Split('.');

        var keys = new List<string>();
        var key = new StringBuilder();
        var quoted = false;
        foreach (var character in path)
        {
            if (character == '"')
            {
                quoted = !quoted;
            }
            else if (character == '.' && !quoted)
            {
                keys.Add(key.ToString());
                key.Clear();
            }
            else
            {
                key.Append(character);
            }
        }

        keys.Add(key.ToString());
        return keys;
    }
}
