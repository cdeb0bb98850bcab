using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>What the server answered to a wrapped command: a value, or an error in the words of the plain command.</summary>
/// <param name="Value">The reply; null if the answer is an error.</param>
/// <param name="ServerError">The error, code first (<c>WRONGTYPE Operation …</c>), or null if there is a reply.</param>
internal readonly record struct ExactlyOnceReply(RespValue Value, string? ServerError);

/// <summary>The token of a command that shares a request with others, each with a token of its own.</summary>
/// <param name="Key">Where it lives.</param>
/// <param name="Digest">What tells the command from another with the same token.</param>
/// <param name="Latest">As for one command; null: empty.</param>
internal readonly record struct OwnToken(RedisValue Key, RedisValue Digest, RedisValue Latest);

/// <summary>
/// Turns a command into a request that the server applies once per token, where that is possible, and the answer back into the
/// command's own.
/// </summary>
internal static class ExactlyOnceRequest
{
    /// <summary>How many words a command may have, its name included: what Lua's <c>unpack</c> can pass to a function.</summary>
    public const int MaximumWords = 7997;

    private const int DigestLength = 8;

    private static readonly RedisValue[] KeyCounts = [.. Enumerable.Range(0, 10).Select(count => (RedisValue)count)];
    private static readonly RedisValue GroupArgument = ExactlyOnceScript.Group;
    private static readonly RedisValue EachArgument = ExactlyOnceScript.Each;

    /// <summary>Why a command cannot be delivered exactly-once; null if it can.</summary>
    /// <param name="command">The command.</param>
    /// <param name="profile">What is known of it.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="inCluster">Whether keys of different hash slots are on different nodes.</param>
    public static string? WhyNotWrappable(
        RedisCommand command, CommandProfile profile, IReadOnlyList<RedisValue> keys, bool inCluster)
    {
        var arguments = command.ArgumentArray;
        var isCommand = command is not (RedisScript or RedisTransaction);
        if (isCommand && profile.WhyNotExactlyOnce(arguments) is { } reason) return reason;
        if (isCommand && arguments.Length + 1 > MaximumWords)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"it has {arguments.Length} arguments, and a script can pass on {MaximumWords - 1}; send it in several commands");
        }

        if (keys.Count == 0) return "it names no key, and a token lives in the hash slot of a key";
        return inCluster && !HashSlot.AreInOne(keys)
            ? "its keys are in different hash slots, and a script in a Redis Cluster reaches one"
            : null;
    }

    /// <summary>
    /// The request to send in place of a command: <c>EVALSHA</c> of <see cref="ExactlyOnceScript"/>. It may be sent any number of
    /// times while the server keeps the token; the command runs the first time, and every answer is that of the first time.
    /// </summary>
    /// <param name="command">A command to which <see cref="WhyNotWrappable"/> has no objection.</param>
    /// <param name="token">A token of a <see cref="TokenSource"/>, one per command, or the one that the sender gave.</param>
    /// <param name="keep">How long the server keeps the token and the reply, from the moment the command ran; at least 1 ms.</param>
    /// <param name="keys">The command's keys, one or more. The token lives in the hash slot of the first.</param>
    /// <param name="evictedKeys">
    /// Null: a command whose token is not there has not run. Otherwise it may have, unless the server still counts this number of
    /// evicted keys, and the answer is an error (<see cref="ExactlyOnceScript.IsEvicted"/>).
    /// </param>
    /// <param name="latest">The time of the server's clock, in milliseconds since 1970, from which on it is not to run any more; null: none.</param>
    /// <param name="prefix">What precedes the tag in the token's key; null: the usual.</param>
    /// <exception cref="ArgumentException">There is no key.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is less than a millisecond.</exception>
    public static (string Name, RedisValue[] Arguments) Wrap(
        RedisCommand command, string token, TimeSpan keep, IReadOnlyList<RedisValue> keys, string? evictedKeys = null, long? latest = null,
        byte[]? prefix = null)
    {
        if (keys.Count == 0) throw new ArgumentException($"{command.Name} has no key that could tell where its token lives.", nameof(keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, TimeSpan.FromMilliseconds(1));

        var digest = command.IdempotencyKey is null ? RedisValue.EmptyString : (RedisValue)Digest(command);
        var tokenKey = TokenKey.For(keys[0], token, prefix ?? TokenKey.UsualPrefix);
        var script = ScriptFor(command);
        RedisValue[] request;
        int next;
        switch (command)
        {
            case RedisScript sent:
                request = Begin(script, tokenKey, keep, keys, digest, evictedKeys, latest, 1 + sent.ValueSpan.Length, out next);
                request[next++] = sent.Script.Sha1Argument;
                sent.ValueSpan.CopyTo(request.AsSpan(next));
                break;
            case RedisTransaction transaction:
                request = Begin(script, tokenKey, keep, keys, digest, evictedKeys, latest, 2, out next);
                Pack(transaction, request.AsSpan(next));
                break;
            default:
                request = Begin(script, tokenKey, keep, keys, digest, evictedKeys, latest, 1 + command.ArgumentArray.Length, out next);
                request[next++] = command.Name;
                command.ArgumentArray.CopyTo(request, next);
                break;
        }

        return ("EVALSHA", request);
    }

    /// <summary>The script that runs a command once.</summary>
    public static ScriptText ScriptFor(RedisCommand command) => command switch
    {
        RedisScript sent => sent.Script.Once,
        RedisTransaction => TransactionScript.Once,
        _ => ExactlyOnceScript.Script,
    };

    /// <summary>The arguments of <see cref="TransactionScript.Plain"/>: a transaction as a script without a token.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="keys">All its keys.</param>
    public static RedisValue[] AsScript(RedisTransaction transaction, IReadOnlyList<RedisValue> keys)
    {
        var request = new RedisValue[4 + keys.Count];
        request[0] = TransactionScript.Plain.Sha1Argument;
        request[1] = keys.Count;
        for (var i = 0; i < keys.Count; i++) request[2 + i] = keys[i];
        Pack(transaction, request.AsSpan(2 + keys.Count));
        return request;
    }

    /// <summary>The request for several commands that share a token: as <see cref="Wrap"/>, and they run in this order.</summary>
    /// <param name="commands">
    /// Commands to which <see cref="WhyNotWrappable"/> has no objection, none of them with a token of its own. When the group is asked for
    /// again, null for one that is not to run any more, should it not have run.
    /// </param>
    /// <param name="tokenKey">Where the token lives: in the hash slot of the keys.</param>
    /// <param name="keep">How long the server keeps the token and the replies.</param>
    /// <param name="keys">All keys of the commands; one may come more than once.</param>
    /// <param name="evictedKeys">As for one command.</param>
    public static RedisValue[] WrapGroup(
        IReadOnlyList<RedisCommand?> commands, RedisValue tokenKey, TimeSpan keep, IReadOnlyList<RedisValue> keys, string? evictedKeys = null)
    {
        var apart = new List<RedisValue>();
        var packed = PackedCommands.Pack(commands, apart);
        var request = Begin(ExactlyOnceScript.Script, tokenKey, keep, keys, GroupArgument, evictedKeys, latest: null, 1 + apart.Count, out var next);
        request[next] = packed;
        apart.CopyTo(request, next + 1);
        return request;
    }

    /// <summary>The request for several commands with a token each, all of which are asked for for the first time.</summary>
    /// <param name="commands">Commands to which <see cref="WhyNotWrappable"/> has no objection. They run in this order.</param>
    /// <param name="tokens">Their tokens (<see cref="TokenOf"/>), all in the hash slot of the keys in a Redis Cluster.</param>
    /// <param name="keep">How long the server keeps the tokens and the replies.</param>
    /// <param name="keys">All keys of the commands; one may come more than once.</param>
    public static RedisValue[] WrapEach(IReadOnlyList<RedisCommand> commands, IReadOnlyList<OwnToken> tokens, TimeSpan keep, IReadOnlyList<RedisValue> keys)
    {
        var apart = new List<RedisValue>();
        var packed = PackedCommands.Pack(commands, apart, tokens);
        return
        [
            ExactlyOnceScript.Script.Sha1Argument, tokens.Count + keys.Count, .. tokens.Select(token => token.Key), .. keys,
            (long)keep.TotalMilliseconds, EachArgument, packed, .. apart,
        ];
    }

    /// <summary>The token of a command whose sender gave one.</summary>
    /// <param name="command">The command.</param>
    /// <param name="firstKey">Its first key.</param>
    /// <param name="latest">As for <see cref="Wrap"/>.</param>
    /// <param name="prefix">As for <see cref="Wrap"/>.</param>
    public static OwnToken TokenOf(RedisCommand command, RedisValue firstKey, long? latest, byte[]? prefix) =>
        new(TokenKey.For(firstKey, command.IdempotencyKey!, prefix ?? TokenKey.UsualPrefix), Digest(command), latest ?? RedisValue.EmptyString);

    /// <summary>The token's key within a request of <see cref="Wrap"/>, as <see cref="TokenReleases"/> takes it.</summary>
    public static RedisValue TokenKeyOf(RedisValue[] wrappedArguments) => wrappedArguments[2];

    /// <summary>Reads the answer to a request of <see cref="Wrap"/>.</summary>
    /// <exception cref="FormatException">
    /// The answer is not one of the script's: somebody else wrote to the token's key. What became of the command is unknown.
    /// </exception>
    public static ExactlyOnceReply Decode(RespValue reply)
    {
        switch (reply.Kind)
        {
            case RespKind.Error:
                return new ExactlyOnceReply(default, reply.AsString() ?? string.Empty);
            case RespKind.BulkString:
                return Answer(RespText.Decode((byte[]?)reply.AsRedisValue() ?? []));
            default:
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture, $"The exactly-once script answers with a string, not with a value of kind {reply.Kind}."));
        }
    }

    /// <summary>Reads the answer to a request of <see cref="Wrap"/> for a sender's script.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="hasRun">Whether the script ran, now or before, so that an error is its own.</param>
    /// <exception cref="FormatException">As <see cref="Decode"/>.</exception>
    public static ExactlyOnceReply DecodeScript(RespValue reply, out bool hasRun)
    {
        var answer = Decode(reply);
        hasRun = answer.ServerError is null;
        if (!hasRun) return answer;
        return answer.Value.Kind == RespKind.Array && answer.Value.AsArray() is [var own]
            ? Answer(own)
            : throw new FormatException("The exactly-once script answers a script with an array of one reply.");
    }

    /// <summary>Reads the answer to a request of <see cref="WrapGroup"/> or <see cref="WrapEach"/> for so many commands.</summary>
    /// <exception cref="FormatException">As <see cref="Decode"/>; also while the replies are read.</exception>
    public static GroupReplies ReadGroup(RespValue reply, int count)
    {
        var text = reply.Kind == RespKind.BulkString ? (byte[]?)reply.AsRedisValue() ?? [] : [];
        if (text is [(byte)'*', ..]) return new GroupReplies(text, count);
        var forAll = Decode(reply);
        return forAll.ServerError is null ? throw new FormatException("The script answered a group with one value.") : new GroupReplies(forAll);
    }

    /// <summary>The replies to the commands of a group, one after the other.</summary>
    public ref struct GroupReplies
    {
        private readonly ExactlyOnceReply _forAll;
        private RespText.Reader _reader;

        /// <summary>The group as a whole was answered with an error: it did not run.</summary>
        public GroupReplies(ExactlyOnceReply forAll) => _forAll = forAll;

        public GroupReplies(ReadOnlySpan<byte> text, int count)
        {
            HaveRun = true;
            _reader = new RespText.Reader(text);
            if (_reader.ReadArrayLength() is var length && length != count) throw new FormatException($"The script answered {count} commands with {length} replies.");
        }

        /// <summary>Whether the commands have run, now or before.</summary>
        public readonly bool HaveRun { get; }

        /// <summary>The next command's reply.</summary>
        public ExactlyOnceReply Next() => HaveRun ? Answer(_reader.Read()) : _forAll;

        /// <summary>Behind the last reply: how long the commands took; null where they did not run now, or the server does not say.</summary>
        public TimeSpan? ReadTook()
        {
            if (!HaveRun || _reader.IsAtEnd) return null;
            var took = TimeSpan.FromMicroseconds(_reader.Read().AsInt64());
            _reader.End();
            return took;
        }
    }

    /// <summary>What stands before the command, or the commands, for which there is room from <paramref name="next"/> on.</summary>
    private static RedisValue[] Begin(
        ScriptText script,
        RedisValue tokenKey,
        TimeSpan keep,
        IReadOnlyList<RedisValue> keys,
        RedisValue digest,
        string? evictedKeys,
        long? latest,
        int room,
        out int next)
    {
        var hasLimits = evictedKeys is not null || latest is not null;
        var request = new RedisValue[(hasLimits ? 8 : 5) + keys.Count + room];
        request[0] = script.Sha1Argument;
        request[1] = keys.Count + 1 < KeyCounts.Length ? KeyCounts[keys.Count + 1] : keys.Count + 1;
        request[2] = tokenKey;
        next = 3;
        for (var i = 0; i < keys.Count; i++) request[next++] = keys[i];
        request[next++] = (long)keep.TotalMilliseconds;
        request[next++] = digest;
        if (!hasLimits) return request;
        request[next++] = RedisValue.EmptyString;
        request[next++] = evictedKeys ?? RedisValue.EmptyString;
        request[next++] = latest ?? RedisValue.EmptyString;
        return request;
    }

    private static void Pack(RedisTransaction transaction, Span<RedisValue> into)
    {
        into[0] = PackedCommands.Pack(transaction.CommandArray);
        into[1] = PackedCommands.Pack([.. transaction.ConditionArray.Select(condition => condition.Check)]);
    }

    private static ExactlyOnceReply Answer(RespValue value) =>
        value.Kind == RespKind.Error ? new ExactlyOnceReply(default, value.AsString() ?? string.Empty) : new ExactlyOnceReply(value, null);

    /// <summary>
    /// What tells a command from another one that is sent with the same token: the first 8 bytes of the SHA-256 of its name,
    /// regardless of case, and its arguments as they go over the wire. The server keeps it beside the reply.
    /// </summary>
    /// <remarks>
    /// It guards against a sender's mistake, not against an attacker, who could as well send the command without the token. Of
    /// 2^64 wrong commands one goes unnoticed, so 8 bytes do, and cost the server no more than the shortest reply. The database is
    /// not part of it: the token's key is in the command's database, so that no other database has it. The algorithm must not
    /// change as long as different versions of the library may use the same server.
    /// </remarks>
    private static byte[] Digest(RedisCommand command)
    {
        var name = command.Name.ToUpperInvariant();
        var words = command is RedisTransaction transaction ? transaction.Content : command.ArgumentArray;
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var length = sizeof(int) + nameLength;
        foreach (var word in words) length += sizeof(int) + word.GetByteCount();

        var rented = ArrayPool<byte>.Shared.Rent(length);
        var rest = rented.AsSpan(0, length);
        Begin(ref rest, nameLength);
        rest = rest[Encoding.UTF8.GetBytes(name, rest)..];
        foreach (var word in words)
        {
            Begin(ref rest, word.GetByteCount());
            rest = rest[word.CopyTo(rest)..];
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(rented.AsSpan(0, length), hash);
        ArrayPool<byte>.Shared.Return(rented);
        return hash[..DigestLength].ToArray();

        static void Begin(ref Span<byte> rest, int length)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, length);
            rest = rest[sizeof(int)..];
        }
    }
}
