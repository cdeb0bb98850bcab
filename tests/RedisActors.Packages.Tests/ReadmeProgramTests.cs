using System.Globalization;
using System.Text.Json;
using RedisActors.Testing;

namespace RedisActors.Packages.Tests;

/// <summary>
/// The programs of the readmes: each in a console project with the packages that its readme says to add, and a Redis server of its
/// own in place of <c>localhost:6379</c>.
/// </summary>
public sealed class ReadmePrograms(PackedProduct product) : IAsyncLifetime
{
    private const string EndpointInReadmes = "localhost:6379";
    private const string AkkaPortInReadmes = "4053";
    private const string GatewayPortInReadmes = "6380";

    /// <summary>The package whose users have no server.</summary>
    private const string InMemory = "RedisActors.TestKit";

    private readonly string _folder = product.CreateFolder("programs");
    private readonly Dictionary<string, RedisServer> _servers = [];

    /// <summary>The server of a program; null where it has Redis in memory.</summary>
    public RedisServer? ServerOf(string id) => _servers.GetValueOrDefault(id);

    /// <summary>Runs the program and returns what it printed.</summary>
    public Task<string> RunAsync(string id) =>
        PackedProduct.RunAsync(_folder, "dotnet", Path.Combine(_folder, id, "bin", "Release", "net10.0", $"{NameOf(id)}.dll"));

    /// <summary>The packages that restore chose for a program, with their versions.</summary>
    public IReadOnlySet<string> RestoredFor(string id)
    {
        using var assets = ReadAssets(id);
        return assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name).ToHashSet();
    }

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nuget.config"),
            $"""<configuration><packageSources><add key="packed" value="{product.Packages}" /></packageSources></configuration>""");
        foreach (var id in Repository.Packages) await WriteAsync(id);
        var projects = Repository.Packages.Select(id => $"""<Project Path="{id}/{NameOf(id)}.csproj" />""");
        await File.WriteAllTextAsync(Path.Combine(_folder, "Programs.slnx"), $"<Solution>{string.Concat(projects)}</Solution>");

        await PackedProduct.RunAsync(_folder, "dotnet", "build", "Programs.slnx", "-c", "Release", "-v", "quiet", "-nodeReuse:false");
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
        RemoveFromCache();
    }

    private static string NameOf(string id) => $"Uses.{id}";

    private async Task WriteAsync(string id)
    {
        using var package = product.Open(id);
        var references = package.Installed().Select(name =>
            $"""<PackageReference Include="{name}" Version="{(Repository.Packages.Contains(name) ? product.Version : Repository.VersionOf(name))}" />""");

        // As dotnet new console makes it. Warnings are errors, so that one of restore about the versions is one too.
        var folder = Directory.CreateDirectory(Path.Combine(_folder, id)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, $"{NameOf(id)}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);

        var program = package.ReadmeBlock("csharp");
        if (id != InMemory)
        {
            Assert.Contains(EndpointInReadmes, program);
            program = program.Replace(EndpointInReadmes, (_servers[id] = await RedisServer.StartAsync()).Endpoint);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program
            .Replace(GatewayPortInReadmes, LoopbackPorts.PickFree().ToString(CultureInfo.InvariantCulture))
            .Replace(AkkaPortInReadmes, LoopbackPorts.PickFree().ToString(CultureInfo.InvariantCulture)));
    }

    private string AssetsOf(string id) => Path.Combine(_folder, id, "obj", "project.assets.json");

    private JsonDocument ReadAssets(string id) => JsonDocument.Parse(File.ReadAllText(AssetsOf(id)));

    /// <summary>Nobody will ask for the packages of this run again.</summary>
    private void RemoveFromCache()
    {
        if (!File.Exists(AssetsOf(Repository.Packages[0]))) return;

        using var assets = ReadAssets(Repository.Packages[0]);
        foreach (var cache in assets.RootElement.GetProperty("packageFolders").EnumerateObject())
        {
            foreach (var id in Repository.Packages)
            {
                var folder = Path.Combine(cache.Name, id.ToLowerInvariant(), product.Version);
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
    }
}

[Collection(PackedProductCollection.Name)]
public sealed class ReadmeProgramTests(ReadmePrograms programs) : IClassFixture<ReadmePrograms>
{
    public static TheoryData<string> Packages => [.. Repository.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task The_program_of_a_readme_gets_its_reply(string id)
    {
        var printed = await programs.RunAsync(id);

        Assert.Contains("visits: 1", printed.Split('\n'));
        if (programs.ServerOf(id) is { } server) Assert.Equal("1", (await server.ExecuteAsync("GET", "visits")).OrThrow().Text);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void An_application_that_names_only_the_package_gets_the_versions_that_are_tested_here(string id)
    {
        var restored = programs.RestoredFor(id);

        Assert.Contains($"Akka/{LowerBound("Akka")}", restored);
        Assert.Contains($"StackExchange.Redis/{LowerBound("StackExchange.Redis")}", restored);
        Assert.Contains($"Google.Protobuf/{LowerBound("Google.Protobuf")}", restored);
    }

    private static string LowerBound(string package) => Repository.VersionOf(package).TrimStart('[').Split(',')[0];
}
