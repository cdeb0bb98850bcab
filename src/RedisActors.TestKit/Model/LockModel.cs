using System.Globalization;
using RedisActors.Locks;

namespace RedisActors.TestKit.Model;

/// <summary>What the scripts of a lock do (<see cref="LeaseScripts"/>), on a server that never restarts.</summary>
internal static class LockModel
{
    /// <summary>Whether these are the arguments of <c>EVAL</c> for one of them.</summary>
    public static bool IsKnown(string[] words) =>
        words.Length == 7 && (Has(LeaseScripts.Expiring, words[0]) || Has(LeaseScripts.Guarded, words[0]));

    public static RespValue Run(Call call)
    {
        var (text, key, id) = (call[0], call[2], call[4]);
        var isGuarded = Has(LeaseScripts.Guarded, text);
        var scripts = isGuarded ? LeaseScripts.Guarded : LeaseScripts.Expiring;
        var (ttl, headStart, tokenKept) = (call.Integer(3), call.Integer(5), call.Integer(6));
        var now = call.Now.ToUnixTimeMilliseconds();
        try
        {
            var hash = call.Keys.Get<HashValue>(key) ?? [];
            if (isGuarded && !hash.ContainsKey("server"))
            {
                Write(call, key, ("server", "memory"), ("closed-until", Number(now + ttl)));
                hash = call.Keys.Get<HashValue>(key)!;
                hash.Remove("first");
            }

            var holder = hash.GetValueOrDefault("holder");
            var held = holder is not null && Read(hash, "until") > now;
            var isMine = held && holder == id;
            if (text == scripts.ReleaseText)
            {
                if (holder != id) return RespValue.Integer(0);
                hash.Remove("holder");
                hash.Remove("until");
            }
            else if (text == scripts.RenewText)
            {
                if (!isMine) return RespValue.Integer(0);
                Write(call, key, ("until", Number(now + ttl)));
            }
            else
            {
                if (held && !isMine) return Refusal(Read(hash, "until") - now, holder!);
                if (isGuarded && !isMine)
                {
                    var closed = Read(hash, "closed-until");
                    if (closed > now) hash.TryAdd("first", id);
                    else if (hash.GetValueOrDefault("first", id) != id && closed + headStart > now) closed += headStart;
                    if (closed > now) return Refusal(closed - now, string.Empty);
                    hash.Remove("first");
                }

                var microseconds = call.Now.Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                var token = isMine ? hash["token"] : Number(Math.Max(microseconds, Read(hash, "token") + 1));
                Write(call, key, ("holder", id), ("until", Number(now + ttl)), ("token", token));
                Expire();
                return RespValue.Array(RespValue.Integer(1), Call.Bulk(token));
            }

            Expire();
            return RespValue.Integer(1);
        }
        catch (ModelError error)
        {
            return RespValue.Error(error.Message);
        }

        void Expire()
        {
            if (!isGuarded) call.Keys.Find(key)!.ExpiresAt = call.Now.AddMilliseconds(ttl + tokenKept);
        }
    }

    private static bool Has(LeaseScripts scripts, string text) =>
        text == scripts.AcquireText || text == scripts.RenewText || text == scripts.ReleaseText;

    private static void Write(Call call, string key, params ReadOnlySpan<(string Field, string Value)> fields)
    {
        var hash = call.Keys.GetOrAdd<HashValue>(key);
        foreach (var (field, value) in fields) hash[field] = value;
    }

    private static long Read(HashValue hash, string field) => hash.TryGetValue(field, out var text) ? Call.IntegerOf(text) : 0;

    private static RespValue Refusal(long remaining, string holder) =>
        RespValue.Array(RespValue.Integer(0), RespValue.Integer(remaining), Call.Bulk(holder));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
