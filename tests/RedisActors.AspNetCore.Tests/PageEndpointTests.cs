using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisActors.Testing;

namespace RedisActors.AspNetCore.Tests;

/// <summary>The page's endpoints: who may see it, what it tells of an outage, what an operator can do.</summary>
public sealed class PageEndpointTests
{
    [Theory]
    [InlineData("/redis")]
    [InlineData("/redis/events")]
    public async Task Without_a_policy_it_is_refused_outside_Development(string path)
    {
        await using var application = await PageApplication.StartAsync("Production");

        using var response = await application.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("RequireAuthorization", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_policy_that_somebody_lifted_again_is_none()
    {
        await using var application = await PageApplication.StartAsync("Production", Users, app => app.MapRedisActors().RequireAuthorization().AllowAnonymous());

        Assert.Equal(HttpStatusCode.Forbidden, (await application.Client.GetAsync("/redis")).StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("ann", HttpStatusCode.OK)]
    public async Task With_a_policy_it_is_the_policy_that_decides(string? user, HttpStatusCode expected)
    {
        await using var application = await PageApplication.StartAsync("Production", Users, app => app.MapRedisActors().RequireAuthorization("operators"));
        if (user is not null) application.Client.DefaultRequestHeaders.Add("User", user);

        foreach (var path in new[] { "/redis", "/redis/events" })
        {
            using var response = await application.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task Nothing_but_its_own_script_may_run_and_each_answer_has_a_nonce_of_its_own()
    {
        await using var application = await PageApplication.StartAsync();

        var nonces = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await application.Client.GetAsync("/redis");
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            var nonce = Regex.Match(policy, "script-src 'nonce-([0-9A-F]{32})'").Groups[1].Value;
            var html = await response.Content.ReadAsStringAsync();
            Assert.StartsWith("default-src 'none';", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Contains($"<script nonce=\"{nonce}\">", html);
            Assert.DoesNotContain("{{", html);
            Assert.DoesNotMatch("(src|href)=|https?://(?!www.w3.org)", html);
            Assert.True(nonces.Add(nonce));
        }
    }

    [Fact]
    public async Task An_outage_is_told_as_it_happens()
    {
        await using var application = await PageApplication.StartAsync();
        await using var events = await Events.OpenAsync(application.Client, "/redis/events");
        await events.UntilAsync(view => view.Connections[0] is { State: "ready", Lanes: [{ State: "ready", Endpoint: not null }] });
        for (var i = 0; i < 20; i++) await application.Redis.ExecuteAsync("INCR", "n");
        await events.UntilAsync(view => view.Connections[0].Samples.Any(sample => sample is { Applied: > 0, Median: > 0 }));

        application.Server.Kill();
        var away = await events.UntilAsync(view => view.Connections[0].Lanes is [{ State: "backing-off" }]);
        var waiting = application.Redis.ExecuteAsync("INCR", "n");
        await events.UntilAsync(view => view.Connections[0].Lanes[0].Stashed == 1);
        await application.Server.StartAgainAsync();
        await waiting;
        var back = await events.UntilAsync(view => view.Connections[0] is { State: "ready", Outages: [{ To: not null }] });

        var lane = away.Connections[0].Lanes[0];
        Assert.NotNull(lane.Cause);
        Assert.NotNull(lane.NextTry);
        Assert.Null(back.Connections[0].Cause);
        Assert.InRange(back.Connections[0].Outages[0].Attempts, 1, 1000);
    }

    [Fact]
    public async Task A_session_of_a_command_that_blocks_is_shown()
    {
        await using var application = await PageApplication.StartAsync();
        await using var events = await Events.OpenAsync(application.Client, "/redis/events");
        await application.Redis.ExecuteAsync("INCR", "n");

        var popped = application.Redis.ExecuteAsync("BLPOP", "list", 0);
        await events.UntilAsync(view => view.Connections[0].Lanes.Any(lane => lane is { Session: 1, State: "ready" }));
        await application.Redis.ExecuteAsync("RPUSH", "list", "x");

        Assert.Equal(RespKind.Array, (await popped).Kind);
    }

    [Fact]
    public async Task An_open_page_does_not_hold_up_the_end_of_the_application()
    {
        await using var application = await PageApplication.StartAsync();
        await using var events = await Events.OpenAsync(application.Client, "/redis/events");
        await events.UntilAsync(_ => true);

        var stop = application.StopAsync();

        Assert.Same(stop, await Task.WhenAny(stop, Task.Delay(TimeSpan.FromSeconds(10))));
    }

    [Fact]
    public async Task Names_and_causes_cannot_become_markup()
    {
        await using var application = await PageApplication.StartAsync();
        await using var events = await Events.OpenAsync(application.Client, "/redis/events");
        application.Redis.Tell(new PauseConnection("<script>alert(1)</script>\n\ndata: {}"), Akka.Actor.ActorRefs.NoSender);

        var view = await events.UntilAsync(view => view.Connections[0].State == "suspended");

        Assert.Contains("<script>alert(1)</script>", view.Connections[0].Cause);
        Assert.DoesNotContain(events.Lines, line => line.Contains('<'));
    }

    [Fact]
    public async Task The_page_that_only_shows_takes_no_orders()
    {
        await using var application = await PageApplication.StartAsync();

        using var response = await application.Client.PostAsJsonAsync("/redis/orders", new { connection = "default", action = "pause" });

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task An_operator_pauses_and_resumes_and_is_named_in_the_cause()
    {
        await using var application = await PageApplication.StartAsync("Production", Operators, app => app.MapRedisActorsForOperators().RequireAuthorization("operators"));
        application.Client.DefaultRequestHeaders.Add("User", "ann");
        var html = await application.Client.GetStringAsync("/redis/operate");
        var token = Regex.Match(html, "content=\"([^\"]+)\" name=\"orders\"|name=\"orders\" content=\"([^\"]+)\"").Groups.Values.Last(group => group.Length > 0).Value;
        await using var events = await Events.OpenAsync(application.Client, "/redis/operate/events");
        await events.UntilAsync(view => view.Connections[0].State == "ready");

        Assert.Equal(HttpStatusCode.BadRequest, await OrderAsync(application, "pause", token: null));
        Assert.Equal(HttpStatusCode.BadRequest, await OrderAsync(application, "flush", token));
        Assert.Equal(HttpStatusCode.NotFound, await OrderAsync(application, "pause", token, connection: "other"));
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(application, "pause", token));
        var paused = await events.UntilAsync(view => view.Connections[0].State == "suspended");
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(application, "resume", token));
        await events.UntilAsync(view => view.Connections[0].State == "ready");

        Assert.Contains("ann, on the page: maintenance at two", paused.Connections[0].Cause);
        application.Client.DefaultRequestHeaders.Remove("User");
        Assert.Equal(HttpStatusCode.Unauthorized, await OrderAsync(application, "pause", token));
    }

    [Fact]
    public async Task The_operators_page_needs_antiforgery()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PageApplication.StartAsync(map: app => app.MapRedisActorsForOperators()));

        Assert.Contains("AddAntiforgery", error.Message);
    }

    private static async Task<HttpStatusCode> OrderAsync(PageApplication application, string action, string? token, string connection = "default")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/redis/operate/orders")
        {
            Content = JsonContent.Create(new { connection, action, reason = "maintenance\nat two" }),
        };
        if (token is not null) request.Headers.Add("RequestVerificationToken", token);
        using var response = await application.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static void Operators(IServiceCollection services)
    {
        Users(services);
        services.AddAntiforgery();
    }

    private static void Users(IServiceCollection services)
    {
        services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderUsers>("Header", null);
        services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireUserName("ann"));
    }

    /// <summary>Whoever the header says.</summary>
    private sealed class HeaderUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["User"] is [{ } name]
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "Header")), "Header"))
            : AuthenticateResult.NoResult());
    }

    private sealed class Events(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public List<string> Lines { get; } = [];

        public static async Task<Events> OpenAsync(HttpClient client, string path)
        {
            var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new Events(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<PageView> UntilAsync(Func<PageView, bool> holds)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (true)
            {
                var line = await reader.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException("The events have ended.");
                if (line.Length == 0) continue;
                Lines.Add(line);
                Assert.StartsWith("data: ", line);
                var view = JsonSerializer.Deserialize<PageView>(line["data: ".Length..], JsonSerializerOptions.Web)!;
                if (view.Connections.Count > 0 && holds(view)) return view;
            }
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
