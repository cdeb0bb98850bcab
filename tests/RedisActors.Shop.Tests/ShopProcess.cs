using RedisActors.Testing;

namespace RedisActors.Shop.Tests;

/// <summary>The shop as a program.</summary>
internal sealed class ShopProcess : IDisposable
{
    private const string OutputFile = "output";
    private const string Listening = "Now listening on: ";

    /// <summary>What it has of each of the first two items.</summary>
    public const int Stock = 1_000_000;

    public static readonly string[] Catalogue = ["book", "mug"];

    private readonly string _folder;
    private readonly GuardedProcess _process;

    private ShopProcess(string folder, GuardedProcess process)
    {
        _folder = folder;
        _process = process;
    }

    private string Output => File.ReadAllText(Path.Combine(_folder, OutputFile));

    public static ShopProcess Start(string redis)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-shop-").FullName;
        return new ShopProcess(folder, GuardedProcess.Start(folder, Path.Combine(folder, OutputFile),
        [
            "dotnet", typeof(Program).Assembly.Location, "--contentRoot", AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0", $"--ConnectionStrings:redis={redis}",
            .. Catalogue.Select((item, number) => $"--Catalogue:{number}:Stock={Stock}"),
        ]));
    }

    /// <summary>Its address, when it listens.</summary>
    public async Task<Uri> AddressAsync()
    {
        string? line = null;
        await Eventually.HoldsAsync("it listens", () =>
        {
            Assert.False(_process.Exited.IsCompleted, $"The shop has ended.\n{Output}");
            line = Output.Split('\n').SkipLast(1).FirstOrDefault(line => line.Contains(Listening, StringComparison.Ordinal));
            return line is not null;
        });
        return new Uri(line!.Split(Listening)[1].Trim());
    }

    public void Terminate() => Signals.Send(_process.Id, Signals.Terminate);

    /// <summary>Returns when it has ended, with exit code 0.</summary>
    public async Task EndAsync()
    {
        var code = await _process.Exited.WaitAsync(Eventually.Patience);
        Assert.True(code == 0, $"The shop ended with {code}.\n{Output}");
    }

    public void Dispose()
    {
        _process.Kill();

        // With the folder.
        _process.Dispose();
    }
}
