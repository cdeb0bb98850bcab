using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RedisActors.AspNetCore;

/// <summary>The page's server-sent events: everything at first, then each change, with the samples since the last one.</summary>
internal static class PageEvents
{
    /// <summary>Of many changes in a row, a viewer is told together.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task WriteAsync(HttpContext context, PageFeed feed, CancellationToken stopping)
    {
        using var look = feed.Look();
        if (look is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync($"{PageFeed.MostViewers} pages are open, and no more are served.", context.RequestAborted).ConfigureAwait(false);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, feed.Terminated);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        long lastSample = 0;
        try
        {
            while (true)
            {
                // Before the view is taken, so that no change is missed.
                var changed = feed.Changed;
                var view = feed.View(lastSample);
                lastSample = view.LastSample;
                await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(view, Json)}\n\n", ended.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(ended.Token).ConfigureAwait(false);
                await Task.Delay(Pace, ended.Token).ConfigureAwait(false);
                await changed.WaitAsync(ended.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
    }
}
