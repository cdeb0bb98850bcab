#if !CHROMIUM
namespace RedisActors.AspNetCore.Tests;

public sealed class BrowserTests
{
    [Fact(Skip = "There is no /usr/bin/chromium (apt-get install chromium); the page was not opened in a browser.")]
    public void The_page_in_a_browser()
    {
    }
}
#else
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using RedisActors.Testing;

namespace RedisActors.AspNetCore.Tests;

/// <summary>The page in a browser, through a real outage. Screenshots go to artifacts/page.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task An_outage_is_on_the_page_within_a_second()
    {
        await using var application = await PageApplication.StartAsync();
        var (page, errors) = await OpenAsync(application, "/redis", 1280, ColorScheme.Light);
        var state = page.Locator("section .head .state");
        await Assertions.Expect(state).ToHaveTextAsync("Ready");
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(application, stop.Token);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => application.Redis.ExecuteAsync("INCR", "n")));
        await page.WaitForFunctionAsync("() => document.querySelector('section .legend b').textContent !== '0'");

        application.Server.Kill();
        var clock = Stopwatch.StartNew();
        await page.WaitForFunctionAsync("() => document.querySelector('section .head .state').dataset.state !== 'ready'");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await page.WaitForFunctionAsync("() => document.getElementById('news').textContent.includes('default: ')");
        await page.WaitForFunctionAsync("() => document.querySelector('section table td[data-name=Stashed]').textContent !== '0'");
        await ShotAsync(page, "away-light");
        await application.Server.StartAgainAsync();
        await Assertions.Expect(state).ToHaveTextAsync("Ready");
        await Assertions.Expect(page.Locator("section .strip rect")).ToHaveCountAsync(1);
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('section td[data-name=Stashed]')].every(cell => cell.textContent === '0')");
        await ShotAsync(page, "back-light");
        var (dark, darkErrors) = await OpenAsync(application, "/redis", 1280, ColorScheme.Dark);
        await Assertions.Expect(dark.Locator("section .head .state")).ToHaveTextAsync("Ready");
        await ShotAsync(dark, "back-dark");
        var (phone, phoneErrors) = await OpenAsync(application, "/redis", 390, ColorScheme.Light);
        await Assertions.Expect(phone.Locator("section .head .state")).ToHaveTextAsync("Ready");
        await ShotAsync(phone, "phone-light");
        Assert.True(await phone.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));

        await stop.CancelAsync();
        await load;
        Assert.Empty(errors.Concat(darkErrors).Concat(phoneErrors));
    }

    [Fact]
    public async Task An_operator_is_asked_first_and_what_he_writes_is_text()
    {
        await using var application = await PageApplication.StartAsync(
            services: services => services.AddAntiforgery(), map: app => app.MapRedisActorsForOperators());
        var (page, errors) = await OpenAsync(application, "/redis/operate", 390, ColorScheme.Dark);
        var state = page.Locator("section .head .state");
        await Assertions.Expect(state).ToHaveTextAsync("Ready");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause default" }).ClickAsync();
        await ShotAsync(page, "phone-ask-dark");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(state).ToHaveTextAsync("Ready");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause default" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause", Exact = true }).ClickAsync();
        await Assertions.Expect(state).ToHaveTextAsync("Suspended");
        await Assertions.Expect(page.Locator("section .head .cause")).ToContainTextAsync("<script>document.title = 'owned'</script>");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume default" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume", Exact = true }).ClickAsync();
        await Assertions.Expect(state).ToHaveTextAsync("Ready");

        Assert.Equal("Redis connections", await page.TitleAsync());
        Assert.Equal((0, 1), (await page.Locator("img").CountAsync(), await page.Locator("script").CountAsync()));
        Assert.Empty(errors);
    }

    private static async Task LoadAsync(PageApplication application, CancellationToken stop)
    {
        var running = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            running.Add(application.Redis.ExecuteAsync("INCR", "n"));
            if (running.Count % 10 == 0) running.Add(Assert.ThrowsAsync<RedisOutcomeException>(() => application.Redis.ExecuteAsync("LPUSH", "n", "x")));
            await Task.Delay(5, CancellationToken.None);
        }

        await Task.WhenAll(running.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
    }

    private static Task ShotAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(AppContext.BaseDirectory, "../../../page", $"{name}.png"),
        FullPage = true,
    });

    private async Task<(IPage Page, List<string> Errors)> OpenAsync(PageApplication application, string path, int width, ColorScheme scheme)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("favicon")) errors.Add(message.Text);
        };
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(application.Address + path);
        return (page, errors);
    }
}
#endif
