using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RedisActors.Packages.Tests;

/// <summary>A package file, opened.</summary>
public sealed class Package(string path) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);

    /// <summary>The files in it, without those that every package has for the sake of its format.</summary>
    public IEnumerable<string> Files => _archive.Entries.Select(entry => entry.FullName)
        .Where(name => !name.StartsWith("_rels/") && !name.StartsWith("package/") && name != "[Content_Types].xml")
        .Order(StringComparer.Ordinal);

    /// <summary>The metadata of the nuspec.</summary>
    public XElement Metadata => Xml(Files.Single(name => name.EndsWith(".nuspec"))).Elements().Single();

    public string Readme => Encoding.UTF8.GetString(Read("README.md"));

    public byte[] Read(string name)
    {
        using var content = _archive.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>An XML file, with its names as they are without a namespace.</summary>
    public XElement Xml(string name)
    {
        var root = XElement.Load(new MemoryStream(Read(name)));
        foreach (var element in root.DescendantsAndSelf()) element.Name = element.Name.LocalName;
        return root;
    }

    /// <summary>The first fenced block of the readme in a language; the one without any has the commands that install it.</summary>
    public string ReadmeBlock(string language) =>
        Regex.Match(Readme, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;

    /// <summary>The packages that the readme says to add, in its order.</summary>
    public IReadOnlyList<string> Installed() =>
        [.. ReadmeBlock(string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["dotnet add package ".Length..])];

    public void Dispose() => _archive.Dispose();
}
