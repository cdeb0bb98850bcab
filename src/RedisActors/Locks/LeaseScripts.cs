using StackExchange.Redis;

namespace RedisActors.Locks;

/// <summary>The server's reply to a request for the lease.</summary>
/// <param name="Token">The fencing token; null if the lease was refused.</param>
/// <param name="Remaining">How long it will be refused, unless it is released earlier.</param>
/// <param name="Holder">Who has it; empty if the server waits because it may have forgotten who has it.</param>
internal sealed record LeaseGrant(long? Token, TimeSpan Remaining, string Holder)
{
    /// <exception cref="InvalidOperationException">It is not a reply to <see cref="LeaseScripts.Acquire"/>.</exception>
    public static LeaseGrant Read(RespValue reply) => reply.AsArray() switch
    {
        [var granted, var token] when granted.AsInt64() == 1 => new LeaseGrant(token.AsInt64(), TimeSpan.Zero, string.Empty),
        [_, var remaining, var holder] => new LeaseGrant(
            null, TimeSpan.FromMilliseconds(remaining.AsInt64()), holder.AsString() ?? string.Empty),
        _ => throw new InvalidOperationException($"Not a reply about a lease: {reply}"),
    };
}

/// <summary>
/// The commands of a lease or a lock. On the server it is one hash, whose fields say who holds it, until when by the server's clock, and which
/// token was granted last.
/// </summary>
/// <remarks>
/// <para>A server that has restarted, was emptied, or has taken over from another may have forgotten whom it granted the lease to. The
/// scripts of <see cref="Guarded"/> notice by its <c>run_id</c> and <c>master_replid</c>, which the hash remembers, or because the hash is
/// gone. Such a server grants the lease to nobody for one time to live: that long, a forgotten holder may still rely on it.</para>
/// <para>Who asks first during that time has the lease to itself for a moment after it (<see cref="HeadStart"/>): a split brain resolver lets
/// its majority ask first, and that is to have it.</para>
/// <para>The token is the server's time in microseconds, or the last token plus one if that is larger. So it grows, as far as the server's
/// clock does, even when the server has lost the last token.</para>
/// </remarks>
internal sealed class LeaseScripts
{
    /// <summary>How long the first one that was refused while nobody had the lease has to come again before others.</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the server remembers the token of an <see cref="Expiring"/> lock that nobody holds.</summary>
    public static readonly TimeSpan TokenKept = TimeSpan.FromMinutes(1);

    // KEYS[1] the hash. ARGV[1] the time to live in milliseconds. ARGV[2] the id of an acquisition. ARGV[3] the head start, in milliseconds.
    // ARGV[4] how long an expiring hash outlives its holder, in milliseconds.
    private const string Time =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local ttl = tonumber(ARGV[1])

        """;

    private const string Guard =
        """
        local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') .. ':'
          .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
        if redis.call('HGET', KEYS[1], 'server') ~= server then
          redis.call('HSET', KEYS[1], 'server', server, 'closed-until', string.format('%.0f', now + ttl))
          redis.call('HDEL', KEYS[1], 'first')
        end

        """;

    private const string Look =
        """
        local lease = redis.call('HMGET', KEYS[1], 'holder', 'until', 'token', 'closed-until', 'first')
        local held = lease[1] and tonumber(lease[2]) > now
        local mine = held and lease[1] == ARGV[2]

        """;

    private const string Refuse =
        """
        if held and not mine then
          return {0, tonumber(lease[2]) - now, lease[1]}
        end

        """;

    private const string RefuseWhileClosed =
        """
        if not mine and tonumber(lease[4]) > now then
          if not lease[5] then
            redis.call('HSET', KEYS[1], 'first', ARGV[2])
          end
          return {0, tonumber(lease[4]) - now, ''}
        end
        if not mine and lease[5] and lease[5] ~= ARGV[2] and tonumber(lease[4]) + tonumber(ARGV[3]) > now then
          return {0, tonumber(lease[4]) + tonumber(ARGV[3]) - now, ''}
        end
        redis.call('HDEL', KEYS[1], 'first')

        """;

    /// <summary>An acquisition that has it, and asks again since it has lost the reply, has it with the same token for another time to live.</summary>
    private const string Grant =
        """
        local token = lease[3]
        if not mine then
          token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], (tonumber(lease[3]) or 0) + 1))
        end
        redis.call('HSET', KEYS[1], 'holder', ARGV[2], 'until', string.format('%.0f', now + ttl), 'token', token)

        """;

    private const string Prolong =
        """
        if not mine then
          return 0
        end
        redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ttl))

        """;

    private const string Free =
        """
        if lease[1] ~= ARGV[2] then
          return 0
        end
        redis.call('HDEL', KEYS[1], 'holder', 'until')

        """;

    private const string Expire = "redis.call('PEXPIRE', KEYS[1], ttl + tonumber(ARGV[4]))\n";
    private const string Granted = "return {1, token}";
    private const string Done = "return 1";

    private LeaseScripts(string begin, string refuse, string end)
    {
        AcquireText = begin + refuse + Grant + end + Granted;
        RenewText = begin + Prolong + end + Done;
        ReleaseText = begin + Free + end + Done;
    }

    /// <summary>The hash never expires, and a server that may have forgotten a holder waits for one time to live.</summary>
    public static LeaseScripts Guarded { get; } = new(Time + Guard + Look, Refuse + RefuseWhileClosed, string.Empty);

    /// <summary>
    /// The hash expires some time after its holder, and a server that has forgotten a holder grants the lock to the next one who asks.
    /// </summary>
    public static LeaseScripts Expiring { get; } = new(Time + Look, Refuse, Expire);

    /// <summary>The script of <see cref="Acquire"/>.</summary>
    public string AcquireText { get; }

    /// <summary>The script of <see cref="Renew"/>.</summary>
    public string RenewText { get; }

    /// <summary>The script of <see cref="Release"/>.</summary>
    public string ReleaseText { get; }

    /// <summary>Takes the lease if nobody has it; <see cref="LeaseGrant.Read"/> reads the reply.</summary>
    public RedisCommand Acquire(string key, string id, LeaseTimes times) => Eval(AcquireText, key, times, id);

    /// <summary>Renews the lease for another time to live. Replies 1, or 0 if this acquisition is over.</summary>
    public RedisCommand Renew(string key, string id, LeaseTimes times) => Eval(RenewText, key, times, id);

    /// <summary>Releases the lease. Replies 1, or 0 if this acquisition was over anyway.</summary>
    public RedisCommand Release(string key, string id, LeaseTimes times) => Eval(ReleaseText, key, times, id);

    /// <summary>
    /// Checks whether the server may have forgotten a holder, and if so, starts the time during which it grants the lease to nobody. Sent as
    /// soon as there is a connection, so that this time is over when the lease is needed.
    /// </summary>
    public static RedisCommand Prepare(string key, LeaseTimes times) => Eval(Time + Guard + Done, key, times, string.Empty);

    /// <summary>Not sent twice unless the sender says otherwise; each of them may be, since a second run changes nothing.</summary>
    private static RedisCommand Eval(string text, string key, LeaseTimes times, string id) => new(
        "EVAL", text, 1, key, Milliseconds(times.TimeToLive), id, Milliseconds(HeadStart), Milliseconds(TokenKept))
    {
        Delivery = DeliveryMode.AtMostOnce,
    };

    private static RedisValue Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
