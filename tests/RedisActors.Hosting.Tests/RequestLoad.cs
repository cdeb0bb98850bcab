using System.Collections.Concurrent;
using System.Net;

namespace RedisActors.Hosting.Tests;

/// <summary>Clients of the web program, each with one request at a time, until the server takes no more.</summary>
internal sealed class RequestLoad : IDisposable
{
    private const int Clients = 64;

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentQueue<(HttpStatusCode Status, string Text)> _answers = new();
    private readonly Task _clients;

    private RequestLoad(string address) =>
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => SendAsync(new Uri(address))));

    public int Answered => _answers.Count;

    public static RequestLoad Start(string address) => new(address);

    /// <summary>All answers, when every client was refused.</summary>
    public async Task<IReadOnlyCollection<(HttpStatusCode Status, string Text)>> EndAsync()
    {
        await _clients;
        return _answers;
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(Uri address)
    {
        try
        {
            while (true)
            {
                using var response = await _http.GetAsync(address);
                _answers.Enqueue((response.StatusCode, await response.Content.ReadAsStringAsync()));
            }
        }
        catch (HttpRequestException)
        {
            // The server does not listen any more.
        }
    }
}
