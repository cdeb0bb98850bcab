using StackExchange.Redis;

namespace RedisActors.AkkaCluster;

/// <summary>
/// What is done with a lease on the server: one hash, without an expiry, whose fields say who holds it, until when by the server's
/// clock, and which token was given last.
/// </summary>
/// <remarks>
/// <para>A server that has restarted, was emptied, or has taken over from another may have forgotten whom the lease was given to. It is
/// told by its <c>run_id</c> and <c>master_replid</c>, which the hash remembers, or by the hash that is gone. Before it gives the lease
/// to anybody then, it lets one time to live pass: so long may somebody still believe to hold it.</para>
/// <para>The token is the time of the server in milliseconds, or the last one and one more if that is larger. So it grows even over a
/// server that has lost the last one, as far as its clock does.</para>
/// </remarks>
internal static class LeaseScripts
{
    // KEYS[1] the hash. ARGV[1] the time to live in milliseconds. ARGV[2] the id of an acquisition.
    private const string Begin =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local ttl = tonumber(ARGV[1])
        local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') .. ':'
          .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
        if redis.call('HGET', KEYS[1], 'server') ~= server then
          redis.call('HSET', KEYS[1], 'server', server, 'closed-until', string.format('%.0f', now + ttl))
        end
        local lease = redis.call('HMGET', KEYS[1], 'holder', 'until', 'token', 'closed-until')
        local held = lease[1] and tonumber(lease[2]) > now

        """;

    private const string AcquireText = Begin +
        """
        if held then
          return {0, tonumber(lease[2]) - now, lease[1]}
        end
        if tonumber(lease[4]) > now then
          return {0, tonumber(lease[4]) - now, ''}
        end
        local token = string.format('%.0f', math.max(now, (tonumber(lease[3]) or 0) + 1))
        redis.call('HSET', KEYS[1], 'holder', ARGV[2], 'until', string.format('%.0f', now + ttl), 'token', token)
        return {1, token}
        """;

    private const string RenewText = Begin +
        """
        if held and lease[1] == ARGV[2] then
          redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ttl))
          return 1
        end
        return 0
        """;

    private const string ReleaseText = Begin +
        """
        if lease[1] == ARGV[2] then
          redis.call('HDEL', KEYS[1], 'holder', 'until')
          return 1
        end
        return 0
        """;

    private const string PrepareText = Begin + "return 1";

    /// <summary>Takes the lease if nobody has it. The answer is read by <see cref="LeaseGrant.Read"/>.</summary>
    public static RedisCommand Acquire(string key, string id, LeaseTimes times) => Eval(AcquireText, key, times, id);

    /// <summary>Lets the holder have it for another time to live: 1; 0 if this acquisition is over.</summary>
    public static RedisCommand Renew(string key, string id, LeaseTimes times) => Eval(RenewText, key, times, id);

    /// <summary>Gives it back: 1; 0 if this acquisition was over anyway.</summary>
    public static RedisCommand Release(string key, string id, LeaseTimes times) => Eval(ReleaseText, key, times, id);

    /// <summary>
    /// Looks whether the server is still the same, and begins the time in which it gives the lease to nobody if it is not. Done as soon
    /// as there is a connection, so that this time is over when the lease is needed.
    /// </summary>
    public static RedisCommand Prepare(string key, LeaseTimes times) => Eval(PrepareText, key, times, string.Empty);

    /// <summary>
    /// Never sent twice: an answer that was lost is not worth anything later, and what to do then is the holder's own decision.
    /// </summary>
    private static RedisCommand Eval(string text, string key, LeaseTimes times, string id) =>
        new("EVAL", text, 1, key, (RedisValue)(long)times.TimeToLive.TotalMilliseconds, id) { Delivery = DeliveryMode.AtMostOnce };
}
