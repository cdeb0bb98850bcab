using System.Reflection;
using StackExchange.Redis;
using StackExchange.Redis.KeyspaceIsolation;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>A way in which a call of <see cref="IDatabase"/> can be made.</summary>
internal enum ApiForm
{
    Sync,
    Async,
    FireAndForget,
    OtherDatabase,
    Prefixed,
    Batch,
    Transaction,
}

/// <summary>Makes a call in one of these ways.</summary>
internal static class ApiForms
{
    public const int OtherDatabase = 3;
    public const string Prefix = "tenant:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>What the call gives; a task is awaited.</summary>
    public static async Task<object?> CallAsync(ApiCall call, ApiForm form, IConnectionMultiplexer client)
    {
        var database = client.GetDatabase(form == ApiForm.OtherDatabase ? OtherDatabase : 0);
        switch (form)
        {
            case ApiForm.Async or ApiForm.OtherDatabase:
                return await ResultOf(Invoke(AsyncOf(call), database, call.Arguments(database)));
            case ApiForm.FireAndForget:
                var arguments = call.Arguments(database);
                arguments[^1] = CommandFlags.FireAndForget;
                var result = await ResultOf(Invoke(call.Method, database, arguments));
                await database.PingAsync();
                return result;
            case ApiForm.Prefixed:
                var prefixed = database.WithKeyPrefix(Prefix);
                return await ResultOf(Invoke(call.Method, prefixed, call.Arguments(database)));
            case ApiForm.Batch:
                var batch = database.CreateBatch();
                var inBatch = Invoke(AsyncOf(call), batch, call.Arguments(database));
                batch.Execute();
                return await ResultOf(inBatch);
            case ApiForm.Transaction:
                var transaction = database.CreateTransaction();
                var inTransaction = Invoke(AsyncOf(call), transaction, call.Arguments(database));
                var committed = await ResultOrAbort(transaction.ExecuteAsync());
                return ("committed", committed, await ResultOrAbort(inTransaction));
            default:
                return await ResultOf(Invoke(call.Method, database, call.Arguments(database)));
        }
    }

    /// <summary>Whether a call can be made in this way.</summary>
    public static bool Has(ApiCall call, ApiForm form) => form switch
    {
        ApiForm.Sync or ApiForm.Prefixed => true,
        ApiForm.FireAndForget => call.Method.GetParameters().LastOrDefault()?.ParameterType == typeof(CommandFlags),
        ApiForm.Async or ApiForm.OtherDatabase => ApiMethods.AsyncOf(call.Method, typeof(IDatabaseAsync)) is not null,

        // What a scan asks page by page, a batch would hold until the end.
        _ => ApiMethods.AsyncOf(call.Method, typeof(IDatabaseAsync)) is { } method && method.ReturnType.IsAssignableTo(typeof(Task)),
    };

    /// <summary>Ours goes on to say what the server did not like, which a plain client is told before.</summary>
    private static async Task<object?> ResultOrAbort(object? result)
    {
        const string Aborted = "EXECABORT Transaction discarded because of previous errors.";
        try
        {
            return await ResultOf(result);
        }
        catch (RedisServerException error) when (error.Message.StartsWith(Aborted, StringComparison.Ordinal))
        {
            return Aborted;
        }
    }

    public static object? Invoke(MethodInfo method, object target, object?[] arguments)
    {
        try
        {
            return method.Invoke(target, arguments);
        }
        catch (TargetInvocationException error)
        {
            throw error.InnerException!;
        }
    }

    public static async Task<object?> ResultOf(object? result)
    {
        switch (result)
        {
            case Task task:
                await task.WaitAsync(Patience);
                var type = task.GetType();
                return type.GetProperty(nameof(Task<int>.Result)) is { } value && value.PropertyType.Name != "VoidTaskResult" ? value.GetValue(task) : null;
            case IAsyncEnumerable<RedisKey> keys:
                return (await keys.ToListAsync()).AsEnumerable();
            case IAsyncEnumerable<RedisValue> values:
                return await values.ToListAsync();
            case IAsyncEnumerable<HashEntry> fields:
                return await fields.ToListAsync();
            case IAsyncEnumerable<SortedSetEntry> members:
                return await members.ToListAsync();
            case System.Collections.IEnumerable items and not (string or Array):
                return items is IEnumerable<RedisKey> scanned ? scanned.ToList() : items.Cast<object?>().ToList();
            default:
                return result;
        }
    }

    private static MethodInfo AsyncOf(ApiCall call) => ApiMethods.AsyncOf(call.Method, typeof(IDatabaseAsync))!;
}
