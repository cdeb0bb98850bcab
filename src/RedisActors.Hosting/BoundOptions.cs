using System.Net.Security;
using Microsoft.Extensions.Configuration;
using RedisActors.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// What options were given beside their values: where each is written in the host's configuration, what could not be read, and objects.
/// </summary>
internal sealed class BoundOptions
{
    /// <summary>A key that is no setting: a whole connection string.</summary>
    private const string ConnectionString = "ConnectionString";

    private readonly Dictionary<string, Entry> _entries = [];

    public Func<IServiceProvider, IRedisCredentialsProvider>? Credentials { get; set; }

    public Func<IServiceProvider, IBackoffStrategy>? Backoff { get; set; }

    public RemoteCertificateValidationCallback? CertificateValidation { get; set; }

    /// <summary>What cannot even become a setting: where it is written, and what is wrong with it.</summary>
    public List<(string Path, string Problem)> Problems { get; } = [];

    /// <summary>Sets the options that a section of the host's configuration holds; keys that are none are reported.</summary>
    public void Bind(IConfiguration section, RedisOptions options)
    {
        foreach (var child in section.GetChildren()) Bind(child, options);
    }

    /// <summary>Sets the options that are written at one key of such a section, and below it.</summary>
    public void Bind(IConfigurationSection child, RedisOptions options) => Bind(child, child.Key, options);

    /// <summary>Takes over what others were given.</summary>
    public void TakeOver(BoundOptions others)
    {
        Credentials = others.Credentials ?? Credentials;
        Backoff = others.Backoff ?? Backoff;
        CertificateValidation = others.CertificateValidation ?? CertificateValidation;
        Problems.AddRange(others.Problems);
        foreach (var (name, entry) in others._entries) _entries[name] = entry;
    }

    /// <summary>An option as HOCON; null: it was not given.</summary>
    public string? TextOf(RedisOption option, RedisOptions options)
    {
        var value = option.Get(options);
        if (IsBound(option, value, out var entry) && entry.Unread is { } text) return RedisOptions.Quoted(text);
        return value is null ? null : option.Hocon(value);
    }

    /// <summary>Where options are written, by the path of the setting; those that code has set since are not.</summary>
    public IReadOnlyDictionary<string, string> WrittenAt(RedisOptions options)
    {
        var written = new Dictionary<string, string>();
        foreach (var option in RedisOption.All)
        {
            if (IsBound(option, option.Get(options), out var entry)) written[option.Path] = entry.Path;
        }

        return written;
    }

    private bool IsBound(RedisOption option, object? value, out Entry entry) =>
        _entries.TryGetValue(option.Name, out entry) && Equals(value, entry.Value);

    private void Bind(IConfigurationSection section, string key, RedisOptions options)
    {
        var children = section.GetChildren().ToList();
        if (children.Count > 0 && !children.TrueForAll(child => int.TryParse(child.Key, out _)))
        {
            foreach (var child in children) Bind(child, $"{key}:{child.Key}", options);
        }
        else if (children.Count > 0) BindList(section, key, children, options);
        else if (section.Value is { } text) BindText(section, key, text, options);
    }

    private void BindList(IConfigurationSection section, string key, List<IConfigurationSection> items, RedisOptions options)
    {
        if (RedisOption.Find(key) is not { } option) ReportUnknown(section, key);
        else if (option.Type != typeof(IReadOnlyList<string>)) Problems.Add((section.Path, "a list is not valid; expected text"));
        else if (items.Exists(item => item.Value is null)) Problems.Add((section.Path, "a section in the list is not valid; expected text"));
        else Set(option, section.Path, items.ConvertAll(item => item.Value!), options);
    }

    private void BindText(IConfigurationSection section, string key, string text, RedisOptions options)
    {
        if (string.Equals(key, ConnectionString, StringComparison.OrdinalIgnoreCase)) ConnectionText.Apply(text, section.Path, options);
        else if (RedisOption.Find(key) is not { } option) ReportUnknown(section, key);
        else if (option.TryRead(text, out var value)) Set(option, section.Path, value, options);
        else if (option.Name == nameof(RedisOptions.BackoffStrategy) && CustomStrategy.TryRead(text, out var type)) Set(CustomStrategy, section.Path, type, options);
        else _entries[option.Name] = new Entry(section.Path, option.Get(options), text);
    }

    private static RedisOption CustomStrategy => RedisOption.Find(nameof(RedisOptions.CustomBackoffStrategy))!;

    private void Set(RedisOption option, string path, object value, RedisOptions options)
    {
        if (option.Name == nameof(RedisOptions.BackoffStrategy)) options.CustomBackoffStrategy = null;
        option.Set(options, value);
        _entries[option.Name] = new Entry(path, value, Unread: null);
    }

    private void ReportUnknown(IConfigurationSection section, string key)
    {
        var parent = section.Path[..^key.Length];
        Problems.Add((
            $"{parent}{HiddenText.Key(key.Replace(':', '.')).Replace('.', ':')}",
            RedisOption.Nearest(key) is { } nearest
                ? $"there is no such setting; did you mean {parent}{nearest}?"
                : "there is no such setting; expected those of RedisOptions, or of reference.conf"));
    }

    /// <summary>What is written for an option.</summary>
    /// <param name="Path">Where.</param>
    /// <param name="Value">What the option is since. Another value was set later.</param>
    /// <param name="Unread">The text, if it cannot be read: the reader of the settings says what is wrong with it.</param>
    private readonly record struct Entry(string Path, object? Value, string? Unread);
}
