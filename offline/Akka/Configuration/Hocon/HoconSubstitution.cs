#nullable disable // as in Akka.NET, whose configuration API carries no annotations
namespace Akka.Configuration.Hocon;

/// <summary>A <c>${path}</c>, which stands for whatever the same text ends up with at that path.</summary>
public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    public HoconSubstitution(string path)
    {
        Path = path;
    }

    protected HoconSubstitution()
    {
    }

    public string Path { get; set; }

    public HoconValue ResolvedValue { get; set; }

    public bool IsString() => ResolvedValue?.IsString() ?? false;

    public string GetString() => ResolvedValue?.GetString();

    public bool IsArray() => ResolvedValue?.IsArray() ?? false;

    public IList<HoconValue> GetArray() => ResolvedValue?.GetArray();

    public bool IsObject() => ResolvedValue?.IsObject() ?? false;

    public HoconObject GetObject() => ResolvedValue?.GetObject();
}
