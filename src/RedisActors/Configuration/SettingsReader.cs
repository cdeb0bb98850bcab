using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>
/// Reads the settings of a connection and collects what is wrong with them, so that all problems are reported at once, each with
/// its full path, its value and what would be valid.
/// </summary>
/// <param name="config">The settings, those that the connection inherits included.</param>
/// <param name="origin">Which of them are its own.</param>
/// <param name="values">
/// Takes the problems that a value has by itself. Those of an inherited value are left out: they are reported where it stands.
/// </param>
/// <param name="rules">Takes the problems that come from several settings together.</param>
internal sealed class SettingsReader(Config config, SettingsOrigin origin, SettingsProblems values, SettingsProblems rules)
{
    private const string TrimmedAway = "A class or constructor that trimming removed is reported like any other name that is not valid.";

    private readonly HashSet<string> _invalid = [];
    private readonly List<string> _warnings = [];

    /// <summary>What is not wrong, and still hardly meant: for the log.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>A text, with the blanks that quotation marks hold together at its ends; HOCON itself takes them away.</summary>
    public string Text(string path) => Read(path, "a text", _ => QuotedText.Of(config.GetValue(path))) ?? string.Empty;

    public string? TextOrNull(string path) => Text(path) is { Length: > 0 } text ? text : null;

    public int Number(string path, int min, int max)
    {
        var valid = $"a whole number from {min} to {max}";
        if (!int.TryParse(Raw(path, valid), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value < min || value > max)
        {
            return Problem(path, valid, min);
        }

        return value;
    }

    /// <summary>A whole number from <paramref name="min"/> on, or <c>unlimited</c>, which is null.</summary>
    public int? NumberOrUnlimited(string path, int min)
    {
        var valid = $"a whole number from {min}, or unlimited";
        var raw = Raw(path, valid);
        if (string.Equals(raw, "unlimited", StringComparison.OrdinalIgnoreCase)) return null;
        return int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min
            ? value
            : Problem<int?>(path, valid, null);
    }

    public double Fraction(string path, double min, double max)
    {
        var valid = string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}");
        if (!double.TryParse(Raw(path, valid), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !(value >= min && value <= max))
        {
            return Problem(path, valid, min);
        }

        return value;
    }

    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max) =>
        Duration(path, min, max, $"a duration from {Format(min)} to {Format(max)}, such as 500ms, 3s or 2m");

    public TimeSpan DurationOrInfinite(string path, TimeSpan min, TimeSpan max) => DurationOr("infinite", path, min, max);

    /// <summary>A duration, or a word that stands for an infinite one.</summary>
    public TimeSpan DurationOr(string word, string path, TimeSpan min, TimeSpan max)
    {
        var valid = $"a duration from {Format(min)} to {Format(max)}, such as 500ms, 3s or 2m, or {word}";
        return string.Equals(Raw(path, valid), word, StringComparison.OrdinalIgnoreCase)
            ? Timeout.InfiniteTimeSpan
            : Duration(path, min, max, valid);
    }

    /// <summary>A size in bytes, such as 64MiB; bare numbers are bytes.</summary>
    public long Size(string path)
    {
        const string Valid = "a size in bytes, such as 500kB, 64MiB or 2GiB";
        return Read(path, Valid, c => c.GetByteSize(path)) is { } value
            ? value >= 0 ? value : Problem(path, Valid, 0)
            : Problem(path, Valid, 0);
    }

    /// <summary>One of the values of an enumeration, spelled as <see cref="SettingWords"/> says.</summary>
    public T OneOf<T>(string path)
        where T : struct, Enum => OneOf(path, [.. Enum.GetValues<T>().Select(value => (SettingWords.Of(value), value))]);

    public RedisEndpoint Endpoint(string path)
    {
        const string Valid = "host:port, such as localhost:6379 or [::1]:6379";
        return RedisEndpoint.TryParse(Raw(path, Valid), out var endpoint)
            ? endpoint
            : Problem(path, Valid, new RedisEndpoint("invalid", 1));
    }

    public IReadOnlyList<RedisEndpoint> Endpoints(string path, int defaultPort)
    {
        const string Valid = "a list of host:port, such as [\"redis-1:6379\", \"redis-2:6379\"]";
        var endpoints = new List<RedisEndpoint>();
        foreach (var text in Read(path, Valid, c => c.GetStringList(path)) ?? [])
        {
            if (!RedisEndpoint.TryParse(text, defaultPort, out var endpoint)) return Problem(path, Valid, endpoints);
            endpoints.Add(endpoint);
        }

        return endpoints;
    }

    /// <summary>On or off.</summary>
    public bool Switch(string path) => OneOf(path, [("on", true), ("off", false), ("true", true), ("false", false)]);

    /// <summary>
    /// The name of a type that implements an interface and can be made without arguments; null where there is none. One is made, to
    /// see that it can be.
    /// </summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = TrimmedAway)]
    [UnconditionalSuppressMessage("Trimming", "IL2073", Justification = TrimmedAway)]
    public Type? TypeOrNull(string path, Type contract, string otherwise = "")
    {
        if (TextOrNull(path) is not { } name) return null;
        var valid = $"{otherwise}the assembly-qualified name of a class that implements {contract.FullName} and has a constructor without arguments";
        if (Type.GetType(name, throwOnError: false) is not { IsAbstract: false } type
            || !contract.IsAssignableFrom(type)
            || type.GetConstructor(Type.EmptyTypes) is null)
        {
            return Problem<Type?>(path, valid, null);
        }

        try
        {
            (Activator.CreateInstance(type) as IDisposable)?.Dispose();
            return type;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            var cause = error.GetBaseException();
            if (IsReported(path)) values.Add(Full(path), $"{type.FullName} cannot be created: {cause.GetType().Name}: {cause.Message}");
            return null;
        }
    }

    /// <summary>Whether the user set it for this very connection.</summary>
    public bool IsOwn(string path) => origin.IsOwn(path);

    /// <summary>A rule about one setting that goes beyond the kind of its value.</summary>
    public void Require(bool holds, string path, string valid)
    {
        if (!holds && IsReported(path)) values.Add(Full(path), $"{Shown(path)}is not valid; {valid} is");
    }

    /// <summary>
    /// A rule that no single setting shows, such as a minimum above a maximum. Not looked at when one of them is invalid by itself:
    /// what was read in its place says nothing.
    /// </summary>
    /// <param name="hold">Whether they keep the rule.</param>
    /// <param name="path">The setting under which it is reported.</param>
    /// <param name="others">The other settings of the rule.</param>
    /// <param name="problem">What is wrong, to be read after the value of <paramref name="path"/>.</param>
    public void RequireTogether(bool hold, string path, ReadOnlySpan<string> others, string problem)
    {
        if (hold || _invalid.Contains(path)) return;
        foreach (var other in others)
        {
            if (_invalid.Contains(other)) return;
        }

        rules.Add(Full(path), $"{Shown(path)}{(origin.Inherits && !IsOwn(path) ? "(inherited) " : string.Empty)}{problem}");
    }

    /// <summary>Writes down what the user should know of a setting, and what does not keep the connection from working.</summary>
    public void WarnIf(bool hold, string path, string warning)
    {
        if (hold) _warnings.Add($"{Full(path)}: {warning}");
    }

    private TimeSpan Duration(string path, TimeSpan min, TimeSpan max, string valid) =>
        Read(path, valid, c => (TimeSpan?)c.GetTimeSpan(path, null, allowInfinite: false)) is { } value
            ? value >= min && value <= max ? value : Problem(path, valid, min)
            : min;

    private string? Raw(string path, string valid) => Read(path, valid, c => c.GetString(path, null))?.Trim();

    private T? Read<T>(string path, string valid, Func<Config, T?> read)
    {
        if (!config.HasPath(path))
        {
            if (!HasValueAbove(path) && IsReported(path)) values.Add(Full(path), $"is missing; {valid} is valid");
            return default;
        }

        try
        {
            return read(config);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Problem<T?>(path, valid, default);
        }
    }

    /// <summary>One of some words; the first is read in the place of an invalid one.</summary>
    private T OneOf<T>(string path, IReadOnlyList<(string Word, T Value)> choices)
    {
        var valid = string.Join(", ", choices.Select(choice => choice.Word));
        var raw = Raw(path, valid);
        foreach (var (word, value) in choices)
        {
            if (string.Equals(raw, word, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return Problem(path, valid, choices[0].Value);
    }

    /// <summary>Writes down that a setting is invalid, once, and answers what is read in its place.</summary>
    private T Problem<T>(string path, string valid, T instead)
    {
        if (IsReported(path)) values.Add(Full(path), $"{Shown(path)}is not valid; {valid} is");
        return instead;
    }

    /// <summary>Marks a setting as invalid; whether that is to be said here, and for the first time.</summary>
    private bool IsReported(string path) => _invalid.Add(path) && (!origin.Inherits || IsOwn(path));

    /// <summary>Whether a value stands where a section should be; that is reported once, by <see cref="KnownSettings"/>.</summary>
    private bool HasValueAbove(string path)
    {
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (config.GetValue(path[..dot]) is not { } section || section.IsObject()) continue;
            _invalid.Add(path);
            return true;
        }

        return false;
    }

    private string Full(string path) => $"{origin.Root}.{path}";

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
