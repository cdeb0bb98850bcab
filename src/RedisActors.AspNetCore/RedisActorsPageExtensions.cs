using Akka.Actor;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisActors.AspNetCore;

/// <summary>Maps the page of RedisActors: each connection, its outages and its commands, live.</summary>
public static class RedisActorsPageExtensions
{
    /// <summary>
    /// Maps the page, which only shows. Outside Development it answers 403 unless it has a policy of the application:
    /// <c>app.MapRedisActors("/redis").RequireAuthorization("operators")</c>. It records from the start of the application: the last
    /// 50 outages of each connection, and five minutes in samples of a second. How long commands take is measured while a page is open.
    /// </summary>
    /// <param name="endpoints">The application, with an actor system of <c>AddAkka</c>.</param>
    /// <param name="pattern">The page's address; what it loads is below it.</param>
    /// <returns>The builder of its endpoints, to add policies to.</returns>
    /// <exception cref="InvalidOperationException">There is no actor system among the application's services.</exception>
    public static IEndpointConventionBuilder MapRedisActors(this IEndpointRouteBuilder endpoints, string pattern = "/redis") => Map(endpoints, pattern);

    /// <summary>
    /// Maps a second page for operators: the same, and they can reconnect, pause and resume a connection. Give it a policy of its own. Who
    /// is logged in becomes part of the cause that is shown and logged.
    /// </summary>
    /// <param name="endpoints">The application, with an actor system of <c>AddAkka</c>, and with <c>services.AddAntiforgery()</c>.</param>
    /// <param name="pattern">The page's address; what it loads, and where it sends orders, is below it.</param>
    /// <returns>The builder of its endpoints, to add policies to.</returns>
    /// <exception cref="InvalidOperationException">There is no actor system, or no antiforgery, among the application's services.</exception>
    public static IEndpointConventionBuilder MapRedisActorsForOperators(this IEndpointRouteBuilder endpoints, string pattern = "/redis/operate")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<IAntiforgery>() is not { } antiforgery)
        {
            throw new InvalidOperationException("MapRedisActorsForOperators needs services.AddAntiforgery().");
        }

        var group = Map(endpoints, pattern, antiforgery);
        group.MapPost("/orders", async (HttpContext context) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                return Results.Text("The request does not come from the page, or the page is too old; load it again.", statusCode: StatusCodes.Status400BadRequest);
            }

            OperatorOrder? order;
            try
            {
                order = context.Request.HasJsonContentType() ? await context.Request.ReadFromJsonAsync<OperatorOrder>(context.RequestAborted).ConfigureAwait(false) : null;
            }
            catch (System.Text.Json.JsonException)
            {
                order = null;
            }

            return order is null
                ? Results.Text("The order cannot be read; JSON with connection, action and reason is expected.", statusCode: StatusCodes.Status400BadRequest)
                : order.Execute(FeedOf(context.RequestServices), context.User.Identity?.Name);
        });
        return group;
    }

    private static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, string pattern, IAntiforgery? antiforgery = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        var services = endpoints.ServiceProvider;
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(ActorSystem)) != true)
        {
            throw new InvalidOperationException("The page of RedisActors needs an actor system: services.AddAkka(name, akka => akka.WithRedis(...)).");
        }

        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => FeedOf(services));
        var group = endpoints.MapGroup(pattern);
        group.AddEndpointFilter(PageAccess.CheckAsync);
        group.MapGet(string.Empty, (HttpContext context) => PageDocument.For(context, antiforgery?.GetAndStoreTokens(context).RequestToken));
        group.MapGet("/events", (HttpContext context) => PageEvents.WriteAsync(context, FeedOf(context.RequestServices), lifetime.ApplicationStopping));
        group.ExcludeFromDescription();
        return group;
    }

    private static PageFeed FeedOf(IServiceProvider services) => PageFeed.Of(services.GetRequiredService<ActorSystem>());
}
