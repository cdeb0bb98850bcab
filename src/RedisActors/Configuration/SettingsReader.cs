using System.Globalization;
using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>
/// Reads settings and collects what is wrong with them, so that all problems are reported at once, each with its full path, its
/// value and what would be valid.
/// </summary>
internal sealed class SettingsReader(string root, Config config)
{
    private readonly List<string> _problems = [];

    public string Text(string path) => Read(path, "a text", c => c.GetString(path)) ?? string.Empty;

    public string? TextOrNull(string path) => Text(path) is { Length: > 0 } text ? text : null;

    public int Number(string path, int min, int max)
    {
        var valid = $"a whole number from {min} to {max}";
        if (!int.TryParse(Raw(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value < min || value > max)
        {
            return Problem(path, valid, min);
        }

        return value;
    }

    /// <summary>A whole number from <paramref name="min"/> on, or <c>unlimited</c>, which is null.</summary>
    public int? NumberOrUnlimited(string path, int min)
    {
        var raw = Raw(path);
        if (string.Equals(raw, "unlimited", StringComparison.OrdinalIgnoreCase)) return null;
        return int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min
            ? value
            : Problem<int?>(path, $"a whole number from {min}, or unlimited", null);
    }

    public double Fraction(string path, double min, double max)
    {
        if (!double.TryParse(Raw(path), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !(value >= min && value <= max))
        {
            return Problem(
                path,
                string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {(max == double.MaxValue ? "any" : max)}"),
                min);
        }

        return value;
    }

    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max)
    {
        var valid = $"a duration from {Format(min)} to {Format(max)}, such as 500ms, 3s or 2m";
        return Read(path, valid, c => (TimeSpan?)c.GetTimeSpan(path, null, allowInfinite: false)) is { } value
            ? value >= min && value <= max ? value : Problem(path, valid, min)
            : min;
    }

    public TimeSpan DurationOrInfinite(string path, TimeSpan min, TimeSpan max)
    {
        if (string.Equals(Raw(path), "infinite", StringComparison.OrdinalIgnoreCase)) return Timeout.InfiniteTimeSpan;
        return Duration(path, min, max);
    }

    public RedisEndpoint Endpoint(string path) =>
        RedisEndpoint.TryParse(Raw(path), out var endpoint)
            ? endpoint
            : Problem(path, "host:port, such as localhost:6379 or [::1]:6379", new RedisEndpoint("invalid", 1));

    /// <summary>Something that no single setting shows, such as a minimum above a maximum.</summary>
    public void Require(bool holds, string path, string problem)
    {
        if (!holds) _problems.Add($"{root}.{path}: {problem}");
    }

    /// <summary>Throws when anything was wrong.</summary>
    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0) throw new ConfigurationException(string.Join(Environment.NewLine, _problems));
    }

    private string? Raw(string path) => Read(path, "a text", c => c.GetString(path, null))?.Trim();

    private T? Read<T>(string path, string valid, Func<Config, T?> read)
    {
        if (!config.HasPath(path))
        {
            _problems.Add($"{root}.{path}: is missing; {valid} is valid");
            return default;
        }

        try
        {
            return read(config);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _problems.Add($"{root}.{path}: {Shown(path)}is not valid; {valid} is");
            return default;
        }
    }

    private T Problem<T>(string path, string valid, T instead)
    {
        var problem = $"{root}.{path}: {Shown(path)}is not valid; {valid} is";
        if (config.HasPath(path) && !_problems.Contains(problem)) _problems.Add(problem);
        return instead;
    }

    private string Shown(string path)
    {
        try
        {
            return config.GetString(path, null) is { } value ? $"'{value}' " : string.Empty;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return string.Empty;
        }
    }

    private static string Format(TimeSpan duration) =>
        duration >= TimeSpan.FromDays(1) ? $"{duration.TotalDays}d"
        : duration >= TimeSpan.FromSeconds(1) ? $"{duration.TotalSeconds}s"
        : $"{duration.TotalMilliseconds}ms";
}
