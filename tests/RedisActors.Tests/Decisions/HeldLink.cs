using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

/// <summary>A link that keeps what it is given and answers nothing by itself.</summary>
internal sealed class HeldLink : IRedisLink
{
    public List<LinkRequest> Requests { get; } = [];

    public ClientIdentity Identity => ClientIdentity.Unknown;

    public void Send(LinkRequest request) => Requests.Add(request);

    public void Abandon(string cause)
    {
    }

    public void Dispose()
    {
    }
}
