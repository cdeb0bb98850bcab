using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

/// <summary>A link that keeps what it is given and answers nothing by itself.</summary>
internal sealed class HeldLink : IRedisLink
{
    public List<LinkRequest> Requests { get; } = [];

    public ClientIdentity Identity => ClientIdentity.Unknown;

    public string Endpoint => "simulated:1";

    public void Send(LinkRequest request)
    {
        _ = request.Arguments;
        Requests.Add(request);
    }

    public bool TakeHeard() => false;

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => Task.FromResult(false);

    public void Abandon(string cause)
    {
    }

    public void Dispose()
    {
    }
}
