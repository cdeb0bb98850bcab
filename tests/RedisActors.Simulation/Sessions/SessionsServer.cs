using StackExchange.Redis;

namespace RedisActors.Simulation.Sessions;

/// <summary>A server with lists, as far as blocking pops need it, and the connections to it that block.</summary>
internal sealed class SessionsServer(VirtualTime time, SessionMutation mutation)
{
    private readonly Dictionary<(int Database, string Key), LinkedList<long>> _lists = [];
    private readonly List<Blocked> _blocked = [];
    private readonly HashSet<string> _tokens = [];

    /// <summary>How many elements were taken, ever, and not put back.</summary>
    public IEnumerable<long> Elements => _lists.Values.SelectMany(list => list);

    public int BlockedCount => _blocked.Count;

    public void Push(int database, string key, IEnumerable<long> elements)
    {
        var list = List(database, key);
        foreach (var element in elements) list.AddLast(element);
        Serve(database, key);
    }

    public void PutBack(int database, string key, IEnumerable<long> elements)
    {
        var list = List(database, key);
        foreach (var element in elements) list.AddFirst(element);
        Serve(database, key);
    }

    public bool Exists(int database, IEnumerable<string> keys) => keys.Any(key => List(database, key).Count > 0);

    /// <summary>Takes the first element of a list; the same token takes once and is told the same again.</summary>
    public RespValue Pop(int database, string key)
    {
        var list = List(database, key);
        if (list.First is not { } first) return RespValue.Null;
        list.RemoveFirst();
        return RespValue.BulkString(first.Value);
    }

    /// <summary>Blocks until one of the lists has an element, or the time is over.</summary>
    public void Block(object connection, int database, string[] keys, bool takes, long microseconds, Action<RespValue> reply)
    {
        var blocked = new Blocked(connection, database, keys, takes, reply);
        if (keys.FirstOrDefault(key => List(database, key).Count > 0) is { } ready)
        {
            reply(blocked.Take(List(database, ready), ready, mutation));
            return;
        }

        _blocked.Add(blocked);
        time.After(microseconds, () =>
        {
            if (_blocked.Remove(blocked)) reply(RespValue.Null);
        });
    }

    public void Unblock(object connection)
    {
        if (_blocked.Find(blocked => blocked.Connection == connection) is not { } found) return;
        _blocked.Remove(found);
        found.Reply(RespValue.Null);
    }

    /// <summary>The server notices that a connection is gone: what it blocked for is not done any more.</summary>
    public void Disconnect(object connection) => _blocked.RemoveAll(blocked => blocked.Connection == connection);

    private LinkedList<long> List(int database, string key) =>
        _lists.TryGetValue((database, key), out var list) ? list : _lists[(database, key)] = [];

    private void Serve(int database, string key)
    {
        var list = List(database, key);
        foreach (var blocked in _blocked.Where(blocked => blocked.Database == database && blocked.Keys.Contains(key)).ToList())
        {
            if (list.Count == 0) return;
            _blocked.Remove(blocked);
            blocked.Reply(blocked.Take(list, key, mutation));
        }
    }

    private sealed record Blocked(object Connection, int Database, string[] Keys, bool Takes, Action<RespValue> Reply)
    {
        public RespValue Take(LinkedList<long> list, string key, SessionMutation mutation)
        {
            var element = list.First!.Value;
            if (!Takes && mutation != SessionMutation.LookTakes) return RespValue.BulkString(element);
            list.RemoveFirst();
            return Takes ? RespValue.Array(RespValue.BulkString(key), RespValue.BulkString(element)) : RespValue.BulkString(element);
        }
    }
}
