using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace RedisActors.AspNetCore;

/// <summary>The page itself. It holds no data; its policy lets nothing run but its own script, and nothing come from elsewhere.</summary>
internal static class PageDocument
{
    private static readonly string Text = Read();

    /// <param name="context">The request.</param>
    /// <param name="token">What proves that an order comes from the page; null: it takes no orders.</param>
    public static IResult For(HttpContext context, string? token)
    {
        var nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Content(
            Text.Replace("{{nonce}}", nonce, StringComparison.Ordinal).Replace("{{token}}", WebUtility.HtmlEncode(token), StringComparison.Ordinal),
            "text/html; charset=utf-8");
    }

    private static string Read()
    {
        using var stream = typeof(PageDocument).Assembly.GetManifestResourceStream("RedisActors.AspNetCore.page.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
