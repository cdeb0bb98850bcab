using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;

namespace RedisActors.Packages.Tests;

[Collection(PackedProductCollection.Name)]
public sealed class PackageContentTests(PackedProduct product)
{
    public static TheoryData<string> Packages => [.. Repository.Packages];

    [Fact]
    public void Packing_lists_what_it_made_and_leaves_no_package_of_an_earlier_run()
    {
        Assert.False(File.Exists(product.Stale));
        Assert.Equal(
            Repository.Packages.SelectMany(id => new[] { $"{id}.{product.Version}.nupkg", $"{id}.{product.Version}.snupkg" }).Order(),
            Directory.EnumerateFiles(product.Packages).Select(Path.GetFileName).Order());
        Assert.All(Directory.EnumerateFiles(product.Packages), file => Assert.Contains(file, product.Said));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_holds_the_assembly_its_documentation_a_readme_an_icon_and_nothing_else(string id)
    {
        using var package = product.Open(id);
        Assert.Equal(
            new[] { $"{id}.nuspec", "README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }.Order(StringComparer.Ordinal),
            package.Files);

        var icon = package.Read("icon.png");
        Assert.Equal("PNG"u8, icon.AsSpan(1, 3));
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20))));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_where_it_comes_from_and_under_which_licence(string id)
    {
        using var package = product.Open(id);
        var metadata = package.Metadata;
        Assert.Equal(id, metadata.Element("id")?.Value);
        Assert.Equal("README.md", metadata.Element("readme")?.Value);
        Assert.Equal("icon.png", metadata.Element("icon")?.Value);
        Assert.Equal(("expression", "Apache-2.0"), ((string?)metadata.Element("license")?.Attribute("type"), metadata.Element("license")?.Value));
        Assert.Equal(Repository.Url, metadata.Element("projectUrl")?.Value);
        Assert.Equal(Repository.Url, (string?)metadata.Element("repository")?.Attribute("url"));
        Assert.Equal("git", (string?)metadata.Element("repository")?.Attribute("type"));
        Assert.Contains("redis", metadata.Element("tags")?.Value.Split(' ') ?? []);
        Assert.NotEqual("Package Description", metadata.Element("description")?.Value);
        Assert.All(
            ["authors", "copyright", "description", "releaseNotes"],
            name => Assert.False(string.IsNullOrWhiteSpace(metadata.Element(name)?.Value), name));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_depends_on_the_ranges_of_the_repository_and_on_the_very_release_of_its_siblings(string id)
    {
        using var package = product.Open(id);
        var group = Assert.Single(package.Metadata.Element("dependencies")!.Elements());
        Assert.Equal("net10.0", (string?)group.Attribute("targetFramework"));
        Assert.Equal(
            Repository.DependenciesOf(id)
                .Select(name => (name, Repository.Packages.Contains(name) ? $"[{product.Version}]" : Repository.VersionOf(name)))
                .Order(),
            group.Elements().Select(e => ((string)e.Attribute("id")!, (string)e.Attribute("version")!)).Order());
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_readme_begins_with_how_to_install_and_links_to_what_exists_wherever_it_is_read(string id)
    {
        using var package = product.Open(id);
        Assert.StartsWith($"# {id}\n\n```\ndotnet add package {id}\n", package.Readme);

        var links = Regex.Matches(package.Readme, @"\]\(([^)]*)\)").Select(link => link.Groups[1].Value).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith("https://", link));

        var files = $"{Repository.Url}/blob/main/";
        Assert.All(
            links.Where(link => link.StartsWith(Repository.Url)),
            link => Assert.True(link.StartsWith(files) && File.Exists(Repository.PathOf(link[files.Length..])), link));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_public_type_is_documented(string id)
    {
        using var package = product.Open(id);
        var documented = package.Xml($"lib/net10.0/{id}.xml").Descendants("member")
            .Where(member => member.Elements("summary").Any(summary => !string.IsNullOrWhiteSpace(summary.Value)))
            .Select(member => (string)member.Attribute("name")!)
            .ToHashSet();
        var types = PublicTypes(package.Read($"lib/net10.0/{id}.dll")).ToList();
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains($"T:{type}", documented));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_symbols_are_portable_and_belong_to_the_assembly(string id)
    {
        using var package = product.Open(id);
        using var symbols = product.Open(id, "snupkg");
        Assert.Equal([$"{id}.nuspec", $"lib/net10.0/{id}.pdb"], symbols.Files);

        using var assembly = new PEReader(new MemoryStream(package.Read($"lib/net10.0/{id}.dll")));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols.Read($"lib/net10.0/{id}.pdb")));
        var entries = assembly.ReadDebugDirectory();
        Assert.Contains(entries, entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        var codeView = entries.Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
        Assert.True(codeView.IsPortableCodeView);
        Assert.Equal(
            assembly.ReadCodeViewDebugDirectoryData(codeView).Guid,
            new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Nothing_in_a_package_tells_where_it_was_built(string id)
    {
        using var package = product.Open(id);
        using var symbols = product.Open(id, "snupkg");
        var pdb = symbols.Read($"lib/net10.0/{id}.pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
        var reader = provider.GetMetadataReader();
        var sources = reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("/_/", source));

        string[] paths = [Repository.Root, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), product.Packages];
        Assert.All(
            package.Files.Select(package.Read).Append(pdb),
            content => Assert.All(paths, path =>
            {
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(path)));
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(path)));
            }));
    }

    private static IEnumerable<string> PublicTypes(byte[] assembly)
    {
        using var file = new PEReader(new MemoryStream(assembly));
        var reader = file.GetMetadataReader();
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if ((type.Attributes & System.Reflection.TypeAttributes.VisibilityMask) != System.Reflection.TypeAttributes.Public) continue;
            yield return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }
    }
}
