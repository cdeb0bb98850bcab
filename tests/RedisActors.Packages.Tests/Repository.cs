using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RedisActors.Packages.Tests;

/// <summary>What the repository says of the packages.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static readonly XElement Versions = XElement.Load(PathOf("Directory.Packages.props"));

    /// <summary>The projects in <c>src</c>: each is a package of the same name.</summary>
    public static IReadOnlyList<string> Packages { get; } =
        [.. Directory.EnumerateDirectories(PathOf("src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public static string Url { get; } = Property(XElement.Load(PathOf("Directory.Build.props")), "RepositoryUrl");

    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>The version or range of a package in <c>Directory.Packages.props</c>.</summary>
    public static string VersionOf(string package)
    {
        var version = Versions.Descendants("PackageVersion").Single(e => (string?)e.Attribute("Include") == package);
        return Regex.Replace(
            (string)version.Attribute("Version")!, @"\$\((\w+)\)", property => Property(Versions, property.Groups[1].Value));
    }

    /// <summary>The packages and projects that a project in <c>src</c> references for its users, not for its own build only.</summary>
    public static IEnumerable<string> DependenciesOf(string package)
    {
        var project = XElement.Load(PathOf($"src/{package}/{package}.csproj"));
        var packages = project.Descendants("PackageReference").Where(e => (string?)e.Attribute("PrivateAssets") != "all");
        return packages.Select(e => (string)e.Attribute("Include")!)
            .Concat(project.Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension((string)e.Attribute("Include")!)));
    }

    private static string Property(XElement project, string name) =>
        project.Elements("PropertyGroup").Elements(name).Single().Value;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RedisActors.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("RedisActors.sln is in no folder above the tests.");
    }
}
