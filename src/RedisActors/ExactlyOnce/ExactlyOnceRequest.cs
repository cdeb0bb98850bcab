using System.Globalization;
using StackExchange.Redis;

using RedisActors.CommandMetadata;

namespace RedisActors.ExactlyOnce;

/// <summary>Turns a command into a request that the server applies once per token, and the answer back into the command's own.</summary>
internal static class ExactlyOnceRequest
{
    private static readonly RedisValue[] KeyCounts = [.. Enumerable.Range(0, 10).Select(count => (RedisValue)count)];

    /// <summary>
    /// The request to send in place of a command: <c>EVALSHA</c> of <see cref="ExactlyOnceScript"/>. It may be sent as often as
    /// wanted while the server keeps the token; the command runs the first time, every answer is the first one's.
    /// </summary>
    /// <param name="command">A command for which <see cref="ExactlyOnceRules"/> has no objection.</param>
    /// <param name="token">A token of a <see cref="TokenSource"/>, one per command.</param>
    /// <param name="keep">How long the server keeps the token and the reply, from the moment the command ran; at least 1 ms.</param>
    /// <param name="keys">The command's keys, one or more. The token lives in the hash slot of the first.</param>
    /// <exception cref="ArgumentException">There is no key.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is less than a millisecond.</exception>
    public static (string Name, RedisValue[] Arguments) Wrap(
        RedisCommand command, string token, TimeSpan keep, IReadOnlyList<RedisValue> keys)
    {
        if (keys.Count == 0) throw new ArgumentException($"{command.Name} has no key that could tell where its token lives.", nameof(keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, TimeSpan.FromMilliseconds(1));

        var given = command.ArgumentArray;
        var request = new RedisValue[5 + keys.Count + given.Length];
        request[0] = ExactlyOnceScript.Sha1Argument;
        request[1] = keys.Count + 1 < KeyCounts.Length ? KeyCounts[keys.Count + 1] : keys.Count + 1;
        request[2] = TokenKey.For(keys[0], token);
        var next = 3;
        for (var i = 0; i < keys.Count; i++) request[next++] = keys[i];
        request[next++] = (long)keep.TotalMilliseconds;
        request[next++] = command.Name;
        given.CopyTo(request, next);
        return ("EVALSHA", request);
    }

    /// <summary>The token's key within a request of <see cref="Wrap"/>; what <see cref="TokenReleases"/> takes.</summary>
    public static RedisValue TokenKeyOf(RedisValue[] wrappedArguments) => wrappedArguments[2];

    /// <summary>Reads the answer to a request of <see cref="Wrap"/>.</summary>
    /// <exception cref="FormatException">
    /// The answer is none of the script's: somebody else has written to the token's key. What became of the command is unknown.
    /// </exception>
    public static ExactlyOnceReply Decode(RespValue reply)
    {
        switch (reply.Kind)
        {
            case RespKind.Error:
                return new ExactlyOnceReply(default, reply.AsString() ?? string.Empty);
            case RespKind.BulkString:
                var value = RespText.Decode((byte[]?)reply.AsRedisValue() ?? []);
                return value.Kind == RespKind.Error
                    ? new ExactlyOnceReply(default, value.AsString() ?? string.Empty)
                    : new ExactlyOnceReply(value, null);
            default:
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture, $"The exactly-once script answers with a string, not with a value of kind {reply.Kind}."));
        }
    }
}
