using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// Sends a transaction by the client's own <see cref="ITransaction"/>, which writes <c>MULTI</c>, the commands and <c>EXEC</c> in one go: nothing
/// of other senders, and nothing of the client's own, gets in between.
/// </summary>
internal static class TransactionRequest
{
    /// <summary>How many requests go over the wire.</summary>
    public static int CountOf(LinkRequest request) => request.Members is { } members ? members.Count + 2 : 1;

    /// <summary>The reply to all of them, as an array. It fails as a whole if nothing has run, or nobody knows.</summary>
    public static Task<RespValue> SendAsync(IDatabase database, IReadOnlyList<RedisCommand> commands)
    {
        var transaction = database.CreateTransaction();
        var replies = new Task<RedisResult>[commands.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            var command = commands[i];
            var arguments = new object[command.ArgumentArray.Length];
            for (var j = 0; j < arguments.Length; j++) arguments[j] = command.ArgumentArray[j].Box()!;
            replies[i] = transaction.ExecuteAsync(command.Name, arguments, CommandFlags.NoRedirect);
        }

        return CollectAsync(transaction.ExecuteAsync(CommandFlags.NoRedirect), replies);
    }

    private static async Task<RespValue> CollectAsync(Task<bool> executed, Task<RedisResult>[] replies)
    {
        try
        {
            await executed.ConfigureAwait(false);
        }
        catch
        {
            foreach (var reply in replies) FirstSuccess.Observe(reply);
            throw;
        }

        var values = new RespValue[replies.Length];
        for (var i = 0; i < values.Length; i++)
        {
            try
            {
                values[i] = StackExchangeReply.ToRespValue(await replies[i].ConfigureAwait(false));
            }
            catch (Exception error)
            {
                values[i] = RespValue.Error(
                    StackExchangeReply.IsServerError(error, out var words)
                        ? words
                        : $"the server answered, and StackExchange.Redis cannot read it: {StackExchangeReply.FirstLine(error)}");
            }
        }

        return RespValue.ArrayOf(values);
    }
}
