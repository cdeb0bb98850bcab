using RedisActors.Testing;

namespace RedisActors.Packages.Tests;

/// <summary>
/// The packages, made by <c>eng/pack</c> in a folder of their own. Their version is of this run alone, so that no cache has it.
/// </summary>
public sealed class PackedProduct : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("redis-actors-packages-").FullName;

    public string Version { get; } = $"0.0.0-test.g{Guid.NewGuid():N}";

    /// <summary>Where the packages are.</summary>
    public string Packages => Path.Combine(_folder, "packages");

    /// <summary>What <c>eng/pack</c> said.</summary>
    public string Said { get; private set; } = string.Empty;

    /// <summary>A package of an earlier run of <c>eng/pack</c> into the same folder.</summary>
    public string Stale => Path.Combine(Packages, "RedisActors.0.0.0-stale.nupkg");

    /// <summary>A new, empty folder, removed with the packages.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>Opens the package of a project; <paramref name="extension"/> is <c>nupkg</c> or <c>snupkg</c>.</summary>
    public Package Open(string id, string extension = "nupkg") => new(Path.Combine(Packages, $"{id}.{Version}.{extension}"));

    public async Task InitializeAsync()
    {
        CreateFolder("packages");
        await File.WriteAllTextAsync(Stale, string.Empty);

        // Without restore, which would write the version of this run into what every project of the repository has restored.
        Said = await RunAsync(Repository.Root, "bash", "eng/pack", Packages, $"-p:PackageVersion={Version}", "--no-restore");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a program to its end and returns what it said; fails with that if it failed.</summary>
    internal static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var (code, said) = await Programs.RunAsync(program, arguments, Patience, folder);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{said}");
        return said;
    }
}

/// <summary>Lets test classes share the packages.</summary>
[CollectionDefinition(Name)]
public sealed class PackedProductCollection : ICollectionFixture<PackedProduct>
{
    public const string Name = "packages";
}
