using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>What is on the server before a call.</summary>
internal enum DataSet
{
    /// <summary>Keys of every type, named after it.</summary>
    EveryType,

    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The same keys, each of another type than its name says.</summary>
    WrongTypes,
}

/// <summary>Prepares a server's data, and tells them, both with one script.</summary>
internal sealed class Data(IDatabase admin)
{
    private const string Preparation = """
        redis.call('FLUSHALL')
        if ARGV[1] == 'Nothing' then return end
        redis.call('SELECT', ARGV[2])
        local function k(name) return ARGV[3] .. name end
        local function call(name, key, ...) return redis.call(name, k(key), ...) end
        call('SET', 'text', 'hello world')
        call('SET', 'text2', 'yellow wood')
        call('SET', 'number', 10)
        call('SET', 'decimal', 10.5)
        call('SET', 'bits', '\15\240\1')
        call('SET', 'binary', '\0\r\n\255$*')
        call('SET', 'lock', 'token')
        call('SET', 'expiring', 'soon', 'PX', 1000000000)
        call('SET', 'dated', 'soon', 'EXAT', 4102444800)
        call('HSET', 'hash', 'a', 1, 'b', 2, 'name', 'x')
        call('HSET', 'hash1', 'only', 1)
        call('RPUSH', 'list', 'a', 'b', 'c', 'b', 'd')
        call('RPUSH', 'list2', 'x', 'y')
        call('SADD', 'set', 'a', 'b', 'c')
        call('SADD', 'set2', 'b', 'c', 'd')
        call('SADD', 'set1', 'only')
        call('SADD', 'numbers', 3, 1, 2)
        call('ZADD', 'zset', 1, 'a', 2, 'b', 3.5, 'c')
        call('ZADD', 'zset2', 1, 'b', 5, 'c', '-inf', 'd')
        call('ZADD', 'zset1', 1, 'only')
        call('ZADD', 'words', 0, 'a', 0, 'b', 0, 'c', 0, 'd')
        call('GEOADD', 'geo', 13.361389, 38.115556, 'Palermo', 15.087269, 37.502669, 'Catania')
        call('PFADD', 'hll', 'a', 'b', 'c')
        call('PFADD', 'hll2', 'c', 'd')
        for i = 1, 3 do call('XADD', 'stream', i .. '-1', 'f', i, 'g', 'v') end
        call('XADD', 'stream2', '1-1', 'f', 'v')
        redis.call('XGROUP', 'CREATE', k('stream'), 'g', '0')
        redis.call('XGROUP', 'CREATE', k('stream2'), 'g', '0')
        redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 2, 'STREAMS', k('stream'), '>')
        for i, name in ipairs({'a', 'b', 'c', 'd'}) do
          call('SET', 'weight:' .. name, 10 - i)
          call('SET', 'label:' .. name, 'label of ' .. name)
        end
        local many, fields, scores = {}, {}, {}
        for i = 1, 60 do
          many[i] = 'item' .. i
          fields[2 * i - 1], fields[2 * i] = many[i], i
          scores[2 * i - 1], scores[2 * i] = i, many[i]
        end
        call('RPUSH', 'large list', unpack(many))
        call('SADD', 'large set', unpack(many))
        call('HSET', 'large hash', unpack(fields))
        call('ZADD', 'large zset', unpack(scores))
        if ARGV[1] == 'WrongTypes' then
          for _, key in ipairs(redis.call('KEYS', '*')) do
            local isString = redis.call('TYPE', key).ok == 'string'
            redis.call('DEL', key)
            if isString then redis.call('RPUSH', key, 'wrong') else redis.call('SET', key, 'wrong') end
          end
        end
        """;

    /// <summary>Every key of every database with its type, its expiry (what is left, to the nearest 1,000 s; or a date far away), and its content.</summary>
    private const string Telling = """
        local lines = {}
        local function flat(value)
          if type(value) ~= 'table' then return tostring(value) end
          if value.ok then return value.ok end
          local items = {}
          for i, item in ipairs(value) do items[i] = flat(item) end
          return '[' .. table.concat(items, ',') .. ']'
        end
        local function without(value, names)
          for i = 1, #value, 2 do if names[value[i]] then value[i + 1] = '' end end
          return flat(value)
        end
        local function stream(key)
          local text = without(redis.call('XINFO', 'STREAM', key), {['radix-tree-keys'] = 1, ['radix-tree-nodes'] = 1})
          text = text .. flat(redis.call('XRANGE', key, '-', '+'))
          for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
            text = text .. flat(group)
            for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', key, group[2])) do text = text .. without(consumer, {idle = 1}) end
            for _, pending in ipairs(redis.call('XPENDING', key, group[2], '-', '+', 100)) do
              pending[3] = ''
              text = text .. flat(pending)
            end
          end
          return text
        end
        for db = 0, 15 do
          redis.call('SELECT', db)
          for _, key in ipairs(redis.call('KEYS', '*')) do
            local kind = redis.call('TYPE', key).ok
            local content
            if kind == 'stream' then content = stream(key) else content = redis.call('DUMP', key) end
            local ttl = redis.call('PTTL', key)
            local date = redis.call('PEXPIRETIME', key)
            if date > 3e12 then ttl = 'until ' .. date elseif ttl > 0 then ttl = math.floor((ttl + 500000) / 1000000) end
            lines[#lines + 1] = db .. ' ' .. key .. ' ' .. kind .. ' ' .. ttl .. ' ' .. content
          end
        end
        table.sort(lines)
        return table.concat(lines, '\n')
        """;

    public Task PrepareAsync(DataSet set, int database = 0, string prefix = "") =>
        admin.ExecuteAsync("EVAL", Preparation, 0, set.ToString(), database, prefix);

    public async Task<string> TellAsync() => ResultText.Of((byte[]?)await admin.ExecuteAsync("EVAL", Telling, 0));
}
