using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>
/// Reads the settings of a connection and collects the problems, so that all of them are reported at once, each with its full path,
/// its value and what would be valid.
/// </summary>
/// <param name="config">The settings, including inherited ones.</param>
/// <param name="origin">Tells which of them are the connection's own.</param>
/// <param name="values">
/// Receives the problems of single values. Those of an inherited value are left out: they are reported where the value is set.
/// </param>
/// <param name="rules">Receives the problems of settings that do not fit together.</param>
/// <param name="parts">The objects that were given in the place of settings; null: none.</param>
/// <param name="inherited">Those of the connection whose settings are inherited; null: none.</param>
internal sealed class SettingsReader(
    Config config,
    SettingsOrigin origin,
    SettingsProblems values,
    SettingsProblems rules,
    ConnectionParts? parts = null,
    ConnectionParts? inherited = null)
{
    private const string TrimmedAway = "A class or constructor removed by trimming is reported like any other invalid name.";

    private readonly HashSet<string> _invalid = [];
    private readonly List<string> _warnings = [];

    /// <summary>Settings that are valid but probably not intended, for the log.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>
    /// The object that was given in the place of a setting. What the connection says itself goes before what it inherits, so that its own
    /// setting goes before the inherited object.
    /// </summary>
    /// <param name="path">The setting.</param>
    /// <param name="part">Which object.</param>
    /// <param name="isOwn">Whether the connection was given it itself.</param>
    public T? PartOrNull<T>(string path, Func<ConnectionParts, T?> part, out bool isOwn)
        where T : class
    {
        var own = parts is null ? null : part(parts);
        isOwn = own is not null;
        return own ?? (inherited is null || IsOwn(path) ? null : part(inherited));
    }

    /// <summary>A text. If it is quoted, it keeps its leading and trailing blanks, which Akka's own reader would trim.</summary>
    public string Text(string path) => Read(path, HoconShape.Text, "text", _ => QuotedText.Of(config.GetValue(path))) ?? string.Empty;

    public string? TextOrNull(string path) => Text(path) is { Length: > 0 } text ? text : null;

    public int Number(string path, int min, int max)
    {
        var valid = $"a whole number from {min} to {max}";
        if (!int.TryParse(Raw(path, valid), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value < min || value > max)
        {
            return Problem(path, Shown(path), valid, min);
        }

        return value;
    }

    /// <summary>A whole number of at least <paramref name="min"/>, or null for <c>unlimited</c>.</summary>
    public int? NumberOrUnlimited(string path, int min)
    {
        var valid = $"a whole number from {min}, or unlimited";
        var raw = Raw(path, valid);
        if (string.Equals(raw, "unlimited", StringComparison.OrdinalIgnoreCase)) return null;
        return int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min
            ? value
            : Problem<int?>(path, Shown(path), valid, null);
    }

    public double Fraction(string path, double min, double max)
    {
        var valid = string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}");
        if (!double.TryParse(Raw(path, valid), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !(value >= min && value <= max))
        {
            return Problem(path, Shown(path), valid, min);
        }

        return value;
    }

    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max) =>
        Duration(path, min, max, $"a duration from {Format(min)} to {Format(max)}, such as 500ms, 3s or 2m");

    public TimeSpan DurationOrInfinite(string path, TimeSpan min, TimeSpan max) => DurationOr("infinite", path, min, max);

    /// <summary>A duration, or a word that means an infinite one.</summary>
    public TimeSpan DurationOr(string word, string path, TimeSpan min, TimeSpan max)
    {
        var valid = $"a duration from {Format(min)} to {Format(max)}, such as 500ms, 3s or 2m, or {word}";
        return string.Equals(Raw(path, valid), word, StringComparison.OrdinalIgnoreCase)
            ? Timeout.InfiniteTimeSpan
            : Duration(path, min, max, valid);
    }

    /// <summary>A size in bytes, such as 64MiB; a number without a unit is in bytes.</summary>
    public long Size(string path)
    {
        const string Valid = "a size in bytes, such as 500kB, 64MiB or 2GiB";
        return Read(path, HoconShape.Text, Valid, c => c.GetByteSize(path)) is { } value
            ? value >= 0 ? value : Problem(path, Shown(path), Valid, 0)
            : Problem(path, Shown(path), Valid, 0);
    }

    /// <summary>A value of an enumeration, spelled as by <see cref="SettingWords"/>.</summary>
    public T OneOf<T>(string path)
        where T : struct, Enum => OneOf(path, [.. Enum.GetValues<T>().Select(value => (SettingWords.Of(value), value))]);

    public RedisEndpoint Endpoint(string path)
    {
        const string Valid = "host:port, such as localhost:6379 or [::1]:6379";
        var text = Raw(path, Valid);
        return RedisEndpoint.TryParse(text, out var endpoint)
            ? endpoint
            : Problem(path, HiddenText.QuotedEndpoint(text ?? string.Empty), Valid, new RedisEndpoint("invalid", 1));
    }

    public IReadOnlyList<RedisEndpoint> Endpoints(string path, int defaultPort)
    {
        const string Valid = "a list of host:port, such as [\"redis-1:6379\", \"redis-2:6379\"]";
        var endpoints = new List<RedisEndpoint>();
        foreach (var item in Read(path, HoconShape.List, Valid, _ => config.GetValue(path).GetArray()) ?? [])
        {
            var shape = HoconShape.Of(item);
            if (shape != HoconShape.Text) return Problem(path, $"{shape} in the list", Valid, endpoints);
            var text = item.GetString() ?? string.Empty;
            if (!RedisEndpoint.TryParse(text, defaultPort, out var endpoint))
            {
                return Problem(path, HiddenText.QuotedEndpoint(text), Valid, endpoints);
            }

            endpoints.Add(endpoint);
        }

        return endpoints;
    }

    /// <summary>On or off.</summary>
    public bool Switch(string path) => OneOf(path, [("on", true), ("off", false), ("true", true), ("false", false)]);

    /// <summary>
    /// The type that is named, which must implement the contract and have a parameterless constructor; null if none is named. One
    /// instance is created, to see that it can be.
    /// </summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = TrimmedAway)]
    [UnconditionalSuppressMessage("Trimming", "IL2073", Justification = TrimmedAway)]
    public Type? TypeOrNull(string path, Type contract, string otherwise = "")
    {
        if (TextOrNull(path) is not { } name) return null;
        var valid = $"{otherwise}the assembly-qualified name of a class that implements {contract.FullName} and has a parameterless constructor";
        if (Type.GetType(name, throwOnError: false) is not { IsAbstract: false } type
            || !contract.IsAssignableFrom(type)
            || type.GetConstructor(Type.EmptyTypes) is null)
        {
            return Problem<Type?>(path, Shown(path), valid, null);
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

    /// <summary>Whether the user set it for this connection.</summary>
    public bool IsOwn(string path) => origin.IsOwn(path);

    /// <summary>A rule about one setting, beyond its type and range.</summary>
    public void Require(bool holds, string path, string valid)
    {
        if (!holds) Problem(path, Shown(path), valid, 0);
    }

    /// <summary>
    /// A rule about several settings, such as a minimum that exceeds a maximum. It is skipped if one of them is invalid by itself,
    /// because the value read in its place is meaningless.
    /// </summary>
    /// <param name="hold">Whether the rule is kept.</param>
    /// <param name="path">The setting under which it is reported.</param>
    /// <param name="others">The other settings of the rule.</param>
    /// <param name="problem">What is wrong; follows the value of <paramref name="path"/> in the message.</param>
    public void RequireTogether(bool hold, string path, ReadOnlySpan<string> others, string problem)
    {
        if (hold || _invalid.Contains(path)) return;
        foreach (var other in others)
        {
            if (_invalid.Contains(other)) return;
        }

        var shown = Shown(path);
        rules.Add(
            Full(path),
            $"{shown}{(shown.Length > 0 ? " " : string.Empty)}{(origin.Inherits && !IsOwn(path) ? "(inherited) " : string.Empty)}{problem}");
    }

    /// <summary>Adds a warning about a setting that does not keep the connection from working.</summary>
    public void WarnIf(bool hold, string path, string warning)
    {
        if (hold) _warnings.Add($"{Full(path)}: {warning}");
    }

    /// <summary>A number without a unit is no duration: Akka would take it for milliseconds, and its author may have meant seconds.</summary>
    private TimeSpan Duration(string path, TimeSpan min, TimeSpan max, string valid)
    {
        if (Raw(path, valid) is not { } raw) return Problem(path, Shown(path), valid, min);
        if (raw.Length > 0 && raw.All(letter => char.IsAsciiDigit(letter) || letter == '.'))
        {
            return Problem(path, $"{Shown(path)} without a unit (such as {raw}s or {raw}ms)", valid, min);
        }

        return Read(path, HoconShape.Text, valid, c => (TimeSpan?)c.GetTimeSpan(path, null, allowInfinite: false)) is { } value
            && value >= min && value <= max ? value : Problem(path, Shown(path), valid, min);
    }

    private string? Raw(string path, string valid) => Read(path, HoconShape.Text, valid, c => c.GetString(path, null))?.Trim();

    private T? Read<T>(string path, string shape, string valid, Func<Config, T?> read)
    {
        if (!config.HasPath(path))
        {
            if (!HasValueAbove(path) && IsReported(path)) values.Add(Full(path), $"is missing; expected {valid}");
            return default;
        }

        try
        {
            var actual = HoconShape.Of(config.GetValue(path));
            return actual == shape ? read(config) : Problem<T?>(path, actual, valid, default);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Problem<T?>(path, Shown(path), valid, default);
        }
    }

    /// <summary>One of several words; an invalid one is read as the first.</summary>
    private T OneOf<T>(string path, IReadOnlyList<(string Word, T Value)> choices)
    {
        var valid = string.Join(", ", choices.Select(choice => choice.Word));
        var raw = Raw(path, valid);
        foreach (var (word, value) in choices)
        {
            if (string.Equals(raw, word, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return Problem(path, Shown(path), valid, choices[0].Value);
    }

    /// <summary>Reports an invalid setting, once, and returns the value to use in its place.</summary>
    private T Problem<T>(string path, string what, string valid, T instead)
    {
        if (IsReported(path)) values.Add(Full(path), $"{what}{(what.Length > 0 ? " " : string.Empty)}is not valid; expected {valid}");
        return instead;
    }

    /// <summary>Marks a setting as invalid. Returns whether to report it: only the first time, and only where it is set.</summary>
    private bool IsReported(string path) => _invalid.Add(path) && (!origin.Inherits || IsOwn(path));

    /// <summary>Whether there is a value in place of a section, which is reported once, by <see cref="KnownSettings"/>.</summary>
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

    private string Full(string path) => origin.Full(path);

    /// <summary>The value for a message: the text, if it is one that may be shown, and otherwise nothing.</summary>
    private string Shown(string path)
    {
        if (path.EndsWith("password", StringComparison.Ordinal)) return string.Empty;
        try
        {
            return config.GetString(path, null) is { } value ? HiddenText.Quoted(value) : string.Empty;
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
