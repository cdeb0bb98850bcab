#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>
/// Settings read from HOCON, and below them the settings of the fallbacks, which count where the upper ones say nothing.
/// A setting is read by its path; a missing one yields the default that was passed, a missing object null.
/// A setting that is there and has the wrong form throws, whatever the default.
/// </summary>
public class Config
{
    public static readonly Config Empty = ConfigurationFactory.Empty;

    private readonly HoconValue _own;
    private HoconValue _merged;

    public Config()
    {
    }

    public Config(HoconRoot root)
        : this(root.Value ?? throw new ArgumentNullException(nameof(root)), null)
    {
        Substitutions = root.Substitutions;
    }

    public Config(Config source, Config fallback)
    {
        if (source == null)
            throw new ArgumentNullException(nameof(source), "The source configuration cannot be null.");

        _own = source._own;
        Substitutions = source.Substitutions;
        Fallback = fallback;
    }

    private Config(HoconValue own, Config fallback)
    {
        _own = own;
        Fallback = fallback;
    }

    public Config Fallback { get; private set; }

    public virtual bool IsEmpty => Root == null || Root.IsEmpty;

    /// <summary>Everything there is, the fallbacks merged in.</summary>
    public HoconValue Root => _merged ??= Fallback == null ? _own : Merge(Fallback.Root, _own);

    public IEnumerable<HoconSubstitution> Substitutions { get; set; } = [];

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static Config operator +(string configHocon, Config fallbackConfig) =>
        ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);

    public virtual Config WithFallback(Config fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));

        if (fallback.IsNullOrEmpty())
            return this;

        return IsEmpty ? fallback : Copy(fallback);
    }

    public virtual bool HasPath(string path) => GetValue(path) != null;

    public HoconValue GetValue(string path) => Find(Root, path);

    /// <summary>The object at <paramref name="path"/> with what the fallbacks hold there; null when nobody holds it.</summary>
    public virtual Config GetConfig(string path)
    {
        var own = Find(_own, path);
        var fallback = Fallback?.GetConfig(path);
        return own == null ? fallback : new Config(own, fallback);
    }

    public virtual string GetString(string path, string @default = null) => GetValue(path) is { } value ? value.GetString() : @default;

    public virtual bool GetBoolean(string path, bool @default = false) => GetValue(path)?.GetBoolean() ?? @default;

    public virtual int GetInt(string path, int @default = 0) => GetValue(path)?.GetInt() ?? @default;

    public virtual long GetLong(string path, long @default = 0) => GetValue(path)?.GetLong() ?? @default;

    public virtual float GetFloat(string path, float @default = 0) => GetValue(path)?.GetFloat() ?? @default;

    public virtual double GetDouble(string path, double @default = 0) => GetValue(path)?.GetDouble() ?? @default;

    public virtual decimal GetDecimal(string path, decimal @default = 0) => GetValue(path)?.GetDecimal() ?? @default;

    /// <summary>A number of bytes. There is no such number in an object, a list, null or an empty text: those yield null.</summary>
    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    public virtual long? GetByteSize(string path, long? def = null) => GetValue(path) is { } value ? value.GetByteSize() : def;

    /// <summary>A duration; a bare number counts milliseconds, and <c>infinite</c> is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        GetValue(path)?.GetTimeSpan(allowInfinite) ?? @default.GetValueOrDefault();

    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => GetValue(path)?.GetStringList() ?? defaultPaths;

    // The lists of numbers and booleans have no default: asking for one that is not there is an error.
    public virtual IList<bool> GetBooleanList(string path) => GetValue(path).GetBooleanList();

    public virtual IList<byte> GetByteList(string path) => GetValue(path).GetByteList();

    public virtual IList<int> GetIntList(string path) => GetValue(path).GetIntList();

    public virtual IList<long> GetLongList(string path) => GetValue(path).GetLongList();

    public virtual IList<float> GetFloatList(string path) => GetValue(path).GetFloatList();

    public virtual IList<double> GetDoubleList(string path) => GetValue(path).GetDoubleList();

    public virtual IList<decimal> GetDecimalList(string path) => GetValue(path).GetDecimalList();

    /// <summary>The keys of the topmost object, those of the fallbacks included.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root == null ? [] : Root.GetObject().Items;

    /// <summary>The settings themselves as HOCON, without those of the fallbacks.</summary>
    public override string ToString() => ToString(includeFallback: false);

    public string ToString(bool includeFallback) => (includeFallback ? Root : _own)?.ToString() ?? "";

    protected Config Copy(Config fallback = null) => new(_own, Below(fallback)) { Substitutions = Substitutions };

    /// <summary>The own fallbacks with one more under the lowest.</summary>
    private Config Below(Config fallback) => Fallback == null ? fallback : Fallback.Copy(fallback);

    private static HoconValue Find(HoconValue from, string path)
    {
        foreach (var key in HoconPath.Split(path))
            from = from?.GetChildObject(key);

        return from;
    }

    private static HoconValue Merge(HoconValue lower, HoconValue upper)
    {
        if (lower?.GetObject() is not { } below || upper.GetObject() is not { } above)
            return upper;

        var merged = new HoconObject();
        merged.Merge(below);
        merged.Merge(above);
        return new HoconValue([merged]);
    }
}
