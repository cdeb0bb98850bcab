#nullable disable // as in Akka.NET, whose configuration API carries no annotations
namespace Akka.Configuration.Hocon;

/// <summary>What was read from one text: its topmost value, and the substitutions anywhere in it.</summary>
public class HoconRoot
{
    public HoconRoot(HoconValue value, IEnumerable<HoconSubstitution> substitutions)
    {
        Value = value;
        Substitutions = substitutions;
    }

    public HoconRoot(HoconValue value)
        : this(value, [])
    {
    }

    protected HoconRoot()
    {
    }

    public HoconValue Value { get; }

    public IEnumerable<HoconSubstitution> Substitutions { get; } = [];
}
