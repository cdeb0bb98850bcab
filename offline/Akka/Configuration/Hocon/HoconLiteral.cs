#nullable disable // as in Akka.NET, whose configuration API carries no annotations
namespace Akka.Configuration.Hocon;

/// <summary>A text, or null.</summary>
public class HoconLiteral : IHoconElement
{
    public string Value { get; set; }

    public bool IsString() => true;

    public string GetString() => Value;

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("This element is a string literal.");

    public override string ToString() => Value;
}
