using Akka;
using Akka.Actor;
using Akka.Streams.Dsl;
using Akka.Util;
using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>
/// The pages of a <c>SCAN</c>, one at a time, as they are wanted. A cursor is good for the server process that gave it out: another one,
/// after a restart or a failover, has its keys in another order. So whether it is still the same is asked at the end, and otherwise the scan
/// begins anew.
/// </summary>
internal sealed class ScanPages<T>(IActorRef redis, Func<RedisValue, RedisCommand> commandFor, Func<RespValue, IEnumerable<T>> read)
{
    private const string Beginning = "0";

    private sealed record Position(string Cursor, string? Server);

    public Source<T, NotUsed> Source() =>
        Akka.Streams.Dsl.Source.UnfoldAsync<Position?, IEnumerable<T>>(new Position(Beginning, null), NextAsync)
            .SelectError(error => error is AggregateException wrapped ? wrapped.GetBaseException() : error)
            .SelectMany(page => page);

    private async Task<Option<(Position?, IEnumerable<T>)>> NextAsync(Position? position)
    {
        if (position is null) return Option<(Position?, IEnumerable<T>)>.None;
        var server = position.Server ?? await ServerAsync().ConfigureAwait(false);
        var reply = (await Patiently.ExecuteAsync(redis, commandFor(position.Cursor)).ConfigureAwait(false)).Value.AsArray();
        Position? next = new(reply[0].AsString()!, server);
        if (next.Cursor == Beginning)
        {
            var now = await ServerAsync().ConfigureAwait(false);
            next = now == server ? null : new(Beginning, now);
        }

        return Option<(Position?, IEnumerable<T>)>.Create((next, read(reply[1])));
    }

    /// <summary>Which run of which server answers; empty: it does not say.</summary>
    private async Task<string> ServerAsync()
    {
        try
        {
            var info = (await Patiently.ExecuteAsync(redis, new RedisCommand("INFO", "server")).ConfigureAwait(false)).Value.AsString()!;
            return Array.Find(info.Split('\n'), line => line.StartsWith("run_id:", StringComparison.Ordinal)) ?? string.Empty;
        }
        catch (RedisOutcomeException)
        {
            return string.Empty;
        }
    }
}
