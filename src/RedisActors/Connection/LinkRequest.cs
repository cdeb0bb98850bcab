using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// One request to a link, with the place where its answer goes. A request is handed to one link, once.
/// </summary>
/// <remarks>
/// It carries the client's task itself and is its continuation, so that an answered command costs one delegate and neither a
/// closure nor a second task.
/// </remarks>
internal abstract class LinkRequest
{
    private Task<RedisResult>? _reply;
    private StackExchangeLink? _link;

    /// <summary>The command's name.</summary>
    public abstract string Name { get; }

    /// <summary>The command's arguments.</summary>
    public abstract RedisValue[] Arguments { get; }

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

    /// <summary>Waits for the client's task, without holding a thread.</summary>
    internal void Await(Task<RedisResult> reply, StackExchangeLink link)
    {
        _reply = reply;
        _link = link;
        if (reply.IsCompleted)
        {
            Complete();
        }
        else
        {
            reply.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(Complete);
        }
    }

    private void Complete()
    {
        var reply = _reply!;
        var link = _link!;
        _reply = null;
        _link = null;
        if (!reply.IsCompletedSuccessfully)
        {
            if (reply.Exception?.InnerException is RedisServerException) link.Heard();
            link.Failed(this, reply.Exception?.InnerException ?? new TaskCanceledException(reply));
        }
        else
        {
            link.Heard();
            if (TryRead(reply.Result, out var value)) Succeed(value);
        }
    }

    private bool TryRead(RedisResult result, out RespValue value)
    {
        try
        {
            value = StackExchangeVersion.ToRespValue(result);
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
