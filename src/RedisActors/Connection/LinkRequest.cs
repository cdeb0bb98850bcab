using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// One request to a link, with the place where its answer goes. A request is handed to one link, once.
/// </summary>
internal abstract class LinkRequest : ArgumentCollection
{
    /// <summary>The command's name.</summary>
    public abstract string Name { get; }

    /// <summary>The logical database, or null for the link's own.</summary>
    public abstract int? Database { get; }

    /// <summary>The server executed the request and answered.</summary>
    public abstract void Succeed(in RespValue value);

    /// <summary>The server answered with an error.</summary>
    public abstract void Reject(string serverError);

    /// <summary>The client refused the request before anything was sent: an argument it cannot write, a command it does not know.</summary>
    public abstract void Refuse(string reason);

    /// <summary>The server executed the request and answered, and the client could not read the answer.</summary>
    public abstract void Garble(string reason);

    /// <summary>The link brought no answer, and is gone or about to be.</summary>
    public abstract void Fail(LinkFault fault);

    /// <summary>The server answered.</summary>
    internal void Complete(RedisResult reply)
    {
        if (TryRead(reply, out var value)) Succeed(value);
    }

    private bool TryRead(RedisResult result, out RespValue value)
    {
        try
        {
            value = StackExchangeReply.ToRespValue(result);
            return true;
        }
        catch (Exception error)
        {
            Garble(StackExchangeErrors.FirstLine(error));
            value = default;
            return false;
        }
    }
}
