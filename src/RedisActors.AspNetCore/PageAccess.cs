using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RedisActors.AspNetCore;

/// <summary>Refuses a request outside Development unless some policy of the application has let it through.</summary>
internal static class PageAccess
{
    private const string Refused =
        "The page of RedisActors is shown only under a policy: app.MapRedisActors(...).RequireAuthorization(...). Without one it is shown in Development only.";

    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment() || await HasPolicyAsync(context).ConfigureAwait(false))
        {
            return await next(invocation).ConfigureAwait(false);
        }

        return Results.Text(Refused, statusCode: StatusCodes.Status403Forbidden);
    }

    /// <summary>Where there is one, the application's middleware has asked it; without that middleware ASP.NET Core does not run the endpoint.</summary>
    private static async Task<bool> HasPolicyAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAllowAnonymous>() is not null) return false;
        return metadata?.GetMetadata<IAuthorizeData>() is not null || metadata?.GetMetadata<AuthorizationPolicy>() is not null
            || await HasFallbackAsync(context).ConfigureAwait(false);
    }

    /// <summary>A policy for all endpoints that have none is asked by the middleware too, if the application uses it.</summary>
    private static async Task<bool> HasFallbackAsync(HttpContext context) =>
        context.Items.ContainsKey("__AuthorizationMiddlewareWithEndpointInvoked")
        && context.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies
        && await policies.GetFallbackPolicyAsync().ConfigureAwait(false) is not null;
}
