namespace Akka.Hosting;

/// <summary>Where added HOCON goes: below what is there (Append) or above it (the others).</summary>
public enum HoconAddMode
{
    Append = 0,
    Prepend = 1,
    Replace = 2,
}
