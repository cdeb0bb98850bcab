using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// The script that runs a command once per token. The server runs a script whole or not at all, so the command's effect, the
/// token and the encoded reply are one step, in memory, in the append-only file and for replicas.
/// </summary>
/// <remarks>
/// <para><c>KEYS[1]</c> is the token's key; the command's own keys follow, only so that the server knows them (ACL, Redis Cluster).
/// <c>ARGV[1]</c> is how long the reply is kept, in milliseconds; <c>ARGV[2]</c> is the digest of the command, or empty where the
/// token is the library's own and so belongs to one command anyway; then come the command's name and its arguments, keys
/// included, as they would be sent plainly. A request that is not to run in any case although its token is not there has three more
/// arguments before the name: an empty one, which no command has for a name; the number of evicted keys that the server must still count,
/// where the token may have been evicted; and the time of the server's clock, in milliseconds since 1970, from which on it is too late,
/// where another node may have the command and its token may have expired. Each of the two may be empty.</para>
/// <para>Where the digest is <see cref="Group"/>, one argument follows, which holds several commands (<see cref="PackedCommands"/>), and then those
/// of their arguments that are long, each behind its place. They run in order; one of no words stands for one that nobody waits for any more and is not run. Behind one that the server refuses for the time being
/// none is run, and each of these is answered with the same error.</para>
/// <para>Where it is <see cref="Each"/>, several commands follow in the same form, and each has a token of its own: <c>KEYS</c> begins with their
/// keys. Before the name of each stand the digest and the time from which on it is too late, or nothing. They run in order; those whose token
/// is there have run, and behind one that the server refuses for the time being none of the others is run.</para>
/// <para>It returns the reply as RESP2 text, with one addition: <c>,</c> before a number that the server's Lua can carry only
/// approximately. It stores the digest and then that text. The reply to several commands is an array with a reply for each; behind it
/// comes, when it has just run and the server tells the <c>TIME</c>, how many microseconds that took. For Redis 6.2 and later.</para>
/// </remarks>
internal static class ExactlyOnceScript
{
    /// <summary>In place of a digest: several commands follow, which share the token.</summary>
    public const string Group = "group";

    /// <summary>In place of a digest: several commands follow, with a token each.</summary>
    public const string Each = "each";

    /// <summary>What a script that keeps a token says, and whether it could keep one.</summary>
    internal const string Refusal =
        """
        local mismatch = '-TOKENMISMATCH the token belongs to another command: name or arguments differ. Nothing was executed\r\n'
        local late = '-TOKENLATE the time of the command is over by the clock of the server. Nothing was executed\r\n'
        local permits = redis.acl_check_cmd

        -- Why the server would not keep this token; nil: it would. Whatever could refuse it has to refuse it before the command runs.
        local function refusal(key)
          if permits then
            if not permits('SET', key, '', 'PX', ARGV[1]) then
              return '-NOPERM this user has no permissions to run the \'set\' command, which stores the token of a command\r\n'
            end
          else
            -- Redis 6.2. XX: there is no such key, so this changes nothing, but it is refused as the real one would be. A server
            -- out of memory refuses it too, yet takes a command that frees memory, and after that the token.
            local probe = redis.pcall('SET', key, '', 'XX', 'PX', ARGV[1])
            if probe and probe.err and not string.find(probe.err, 'OOM ', 1, true) then
              local denied = string.find(probe.err, 'user executing the script', 1, true) or string.find(probe.err, 'ACL failure', 1, true)
              local code = denied and '-NOPERM ' or '-'
              return code .. string.gsub(string.gsub(probe.err, '^@[^:]*: %d+: %-?', ''), '[\r\n]+', '') .. '\r\n'
            end
          end
        end


        """;

    /// <summary>Answers from the token where there is one, and otherwise makes sure that one can be kept.</summary>
    internal const string Begin =
        """
        local stored = redis.call('GET', KEYS[1])
        local digest = ARGV[2]
        if stored then
          if string.sub(stored, 1, #digest) == digest then
            return string.sub(stored, #digest + 1)
          end
          return mismatch
        end

        if ARGV[3] == '' then
          table.remove(ARGV, 3)
          local before = table.remove(ARGV, 3)
          local latest = table.remove(ARGV, 3)
          if latest ~= '' then
            local time = redis.pcall('TIME')
            if time.err or time[1] * 1000 + math.floor(time[2] / 1000) >= tonumber(latest) then
              return late
            end
          end
          if before ~= '' then
            local stats = redis.pcall('INFO', 'stats')
            local evicted = type(stats) == 'string' and string.match(stats, 'evicted_keys:(%d+)')
            if evicted ~= before then
              return '-TOKENEVICTED evicted_keys was ' .. before .. ' and is ' .. (evicted or 'unknown') .. '\r\n'
            end
          end
        end

        local refused = refusal(KEYS[1])
        if refused then
          return refused
        end


        """;

    /// <summary>A function that runs a command, and makes a text of its reply.</summary>
    internal const string RunOne =
        """
        -- Runs the command whose name is words[first] and whose last argument is words[last]. Returns its reply as text, and the code of the
        -- error where it was not executed but may be later.
        local call, unpack = redis.pcall, unpack
        local function run(words, first, last)
          local reply = call(unpack(words, first, last))
          local kind = type(reply)
          if kind == 'table' and reply.ok == 'OK' then
            return '+OK\r\n'
          elseif kind == 'number' and reply < 1e14 and reply > -1e14 then
            return ':' .. reply .. '\r\n'
          elseif kind == 'string' then
            return '$' .. #reply .. '\r\n' .. reply .. '\r\n'
          elseif not reply then
            return '$-1\r\n'
          elseif kind == 'number' then
            if reply < 9007199254740992 and reply > -9007199254740992 then
              return string.format(':%.0f\r\n', reply)
            end
            -- A Lua number is a double: the exact one is where the command has put it.
            local name = string.upper(words[first])
            local exact
            if name == 'INCR' or name == 'INCRBY' or name == 'DECR' or name == 'DECRBY' then
              exact = redis.pcall('GET', words[first + 1])
            elseif name == 'HINCRBY' then
              exact = redis.pcall('HGET', words[first + 1], words[first + 2])
            end
            return type(exact) == 'string' and ':' .. exact .. '\r\n' or string.format(',%.17g\r\n', reply)
          elseif reply.ok then
            return '+' .. reply.ok .. '\r\n'
          elseif reply.err then
            -- In a script the server words some refusals differently; the sender gets the words of the plain command.
            local err = string.gsub(string.gsub(reply.err, '^@[^:]*: %d+: %-?', ''), '[\r\n]+$', '')
            local function says(words)
              return string.find(err, words, 1, true)
            end
            local command = words[first]
            local subcommand = first < last and words[first + 1]
            local name = string.lower(command)
            local info, container
            if says('calling Redis command') or says('Redis command called') or says('run this command') then
              info = redis.pcall('COMMAND', 'INFO', name)[1]
              container = subcommand and info and info[10] and #info[10] > 0
              if container then
                name = name .. '|' .. string.lower(subcommand)
              end
            end
            if says('Wrong number of args calling Redis command') then
              err = "ERR wrong number of arguments for '" .. name .. "' command"
            elseif says('Unknown Redis command called from') and container then
              err = "ERR unknown subcommand '" .. string.sub(subcommand, 1, 128) .. "'. Try " .. string.upper(command) .. ' HELP.'
            elseif says('Unknown Redis command called from') then
              local quote = permits and "'" or '`'
              local args = ''
              for i = first + 1, last do
                if #args >= 128 then
                  break
                end
                local arg = string.match(string.sub(words[i], 1, 128 - #args), '^[^%z]*')
                args = args .. quote .. arg .. (permits and "' " or '`, ')
              end
              err = 'ERR unknown command ' .. quote .. string.sub(command, 1, 128) .. quote .. ', with args beginning with: ' .. args
            elseif says("can't run this command or subcommand") then
              err = "NOPERM this user has no permissions to run the '" .. name .. "' command" .. (permits and '' or ' or its subcommand')
            elseif says("can't access at least one of the keys") then
              err = 'NOPERM this user has no permissions to access one of the keys used as arguments'
            elseif says('ACL failure in script: ') then
              -- Redis 7.2 and later, where the plain command's words follow.
              err = 'NOPERM ' .. string.match(err, 'ACL failure in script: (.*)')
            end

            -- Not executed, but perhaps executed later: such an answer must not be the last one for this token. What refuses the
            -- command like this would refuse to store the answer too; this does not rely on it.
            local code = string.match(err, '^%u+')
            local later = code == 'OOM' or code == 'READONLY' or code == 'MISCONF' or code == 'NOREPLICAS' or code == 'LOADING'
                or code == 'BUSY' or code == 'MASTERDOWN' or code == 'CLUSTERDOWN' or code == 'TRYAGAIN'
            return '-' .. string.gsub(err, '[\r\n]', ' ') .. '\r\n', later and code
          end

          local parts = {}
          local function encode(value)
            local of = type(value)
            if of == 'string' then
              parts[#parts + 1] = '$' .. #value .. '\r\n' .. value .. '\r\n'
            elseif of == 'number' then
              local exact = value < 9007199254740992 and value > -9007199254740992
              parts[#parts + 1] = string.format(exact and ':%.0f\r\n' or ',%.17g\r\n', value)
            elseif not value then
              parts[#parts + 1] = '$-1\r\n'
            elseif value.ok then
              parts[#parts + 1] = '+' .. value.ok .. '\r\n'
            elseif value.err then
              parts[#parts + 1] = '-' .. value.err .. '\r\n'
            else
              parts[#parts + 1] = '*' .. #value .. '\r\n'
              for i = 1, #value do
                encode(value[i])
              end
            end
          end
          encode(reply)
          return table.concat(parts)
        end


        """;

    /// <summary>What reads several commands, and measures their time.</summary>
    private const string Several =
        """
        local clock, unpacked, took
        if ARGV[2] == 'each' or ARGV[2] == 'group' then
          -- A question that the ACL forbids would show in its log.
          clock = function()
            local time = (not permits or permits('TIME')) and redis.pcall('TIME')
            return time and time[2] and time
          end
          unpacked = function()
            local words = cmsgpack.unpack(ARGV[3])
            for i = 4, #ARGV, 2 do
              words[tonumber(ARGV[i])] = ARGV[i + 1]
            end
            return words
          end
          took = function(began)
            local ended = began and clock()
            return ended and string.format(':%.0f\r\n', (ended[1] - began[1]) * 1e6 + ended[2] - began[2]) or ''
          end
        end


        """;

    /// <summary>Runs those of several commands whose tokens are not there.</summary>
    private const string RunEach =
        """
        if ARGV[2] == 'each' then
          local began = clock()
          local now = began and began[1] * 1000 + math.floor(began[2] / 1000)
          local words, next, lasts = unpacked(), 1, {}
          while words[next] do
            next = next + words[next] + 1
            lasts[#lasts + 1] = next - 1
          end

          local found
          if not permits or permits('MGET', unpack(KEYS, 1, #lasts)) then
            found = redis.pcall('MGET', unpack(KEYS, 1, #lasts))
          end
          if not found or found.err then
            found = {}
            for i = 1, #lasts do
              found[i] = redis.call('GET', KEYS[i])
            end
          end
          for i = 1, #lasts do
            local refused = not found[i] and refusal(KEYS[i])
            if refused then
              return refused
            end
          end

          local texts, kept = {}, {}
          local first, later, refused = 1
          for i = 1, #lasts do
            local key, digest, latest = KEYS[i], words[first + 1], words[first + 2]
            local stored = found[i] or kept[key]
            local text
            if stored and string.sub(stored, 1, #digest) == digest then
              text = string.sub(stored, #digest + 1)
            elseif stored then
              text = mismatch
            elseif later and later ~= 'OOM' then
              text = refused
            elseif latest ~= '' and not (now and now < tonumber(latest)) then
              text = late
            else
              text, later = run(words, first + 3, lasts[i])
              if later then
                refused = text
              else
                local reply = redis.pcall('SET', key, digest .. text, 'PX', ARGV[1])
                if reply.err then
                  text = '-' .. string.gsub(string.gsub(reply.err, '^@[^:]*: %d+: %-?', ''), '[\r\n]+', '') .. '\r\n'
                else
                  kept[key] = digest .. text
                end
              end
            end
            texts[i] = text
            first = lasts[i] + 1
          end
          return '*' .. #texts .. '\r\n' .. table.concat(texts) .. took(began)
        end


        """;

    /// <summary>Runs the command or the group: from then on <c>text</c> is the reply, and <c>behind</c> what goes behind it.</summary>
    private const string RunGiven =
        """
        local text, later
        local behind = ''
        if digest == 'group' then
          local began = clock()
          local texts = {}
          local ran
          local words = unpacked()
          local next = 1
          while words[next] do
            local first = next + 1
            next = first + words[next]
            if next == first then
              texts[#texts + 1] = '-SKIPPED\r\n'
            else
              -- What comes behind a command that may run later is not to run before it. A server out of memory takes what needs none.
              if not later or later == 'OOM' then
                text, later = run(words, first, next - 1)
                if later and later ~= 'OOM' and not ran then
                  return text
                end
                ran = true
              end
              texts[#texts + 1] = text
            end
          end
          text = '*' .. #texts .. '\r\n' .. table.concat(texts)
          behind = took(began)
        else
          text, later = run(ARGV, 3, #ARGV)
          if later then
            return text
          end
        end


        """;

    /// <summary>Keeps the reply under the token.</summary>
    internal const string Keep =
        """
        -- After a command that wrote, the server lets its script finish. This can be refused (READONLY, OOM) only after one that
        -- changed nothing, and then it is as if nothing had run.
        local kept = redis.pcall('SET', KEYS[1], digest .. text, 'PX', ARGV[1])
        if kept.err then
          return '-' .. string.gsub(string.gsub(kept.err, '^@[^:]*: %d+: %-?', ''), '[\r\n]+', '') .. '\r\n'
        end
        return text .. behind
        """;

    /// <summary>The script.</summary>
    public const string Text = Refusal + RunOne + Several + RunEach + Begin + RunGiven + Keep;

    /// <summary>The script, as it is loaded.</summary>
    public static ScriptText Script { get; } = new(Text);

    /// <summary>The hash by which the server knows the script: SHA-1 of <see cref="Text"/>, 40 lower-case hexadecimal digits.</summary>
    public static string Sha1 => Script.Sha1;

    /// <summary>The request that loads the script: <c>SCRIPT LOAD</c>, answered with <see cref="Sha1"/>.</summary>
    public static (string Name, RedisValue[] Arguments) Load() => ("SCRIPT", ["LOAD", Text]);

    /// <summary>
    /// Whether an error means that the server does not have the script (never loaded, flushed, restarted): nothing ran, and the
    /// same request may be sent again after <see cref="Load"/>.
    /// </summary>
    public static bool IsMissing(string serverError) => serverError.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>
    /// Whether an error is the script's own, and means that the token is not there and may have been evicted: nothing ran now, and
    /// nobody knows whether the command ran before.
    /// </summary>
    public static bool IsEvicted(string serverError) => serverError.StartsWith("TOKENEVICTED ", StringComparison.Ordinal);

    /// <summary>Whether an error is the script's own, and means that the time of the command is over by the server's clock: nothing ran.</summary>
    public static bool IsLate(string serverError) => serverError.StartsWith("TOKENLATE ", StringComparison.Ordinal);
}
