namespace RedisActors.ExactlyOnce;

/// <summary>A sender's script, put together with what keeps a token into one that runs once per token.</summary>
internal static class SendersScript
{
    /// <summary>Runs a sender's script, and makes a text of what it returns or raises.</summary>
    private const string Run =
        """
        local keys, values = {}, {}
        for i = 2, #KEYS do
          keys[i - 1] = KEYS[i]
        end
        for i = 4, #ARGV do
          values[i - 3] = ARGV[i]
        end

        local parts = {}
        local function say(kind, words)
          parts[#parts + 1] = kind .. string.gsub(words, '[\r\n]', ' ') .. '\r\n'
        end

        local function encode(value, depth)
          local of = type(value)
          if of == 'string' then
            parts[#parts + 1] = '$' .. #value .. '\r\n' .. value .. '\r\n'
          elseif of == 'number' then
            if value > -9223372036854775808 and value < 9223372036854775808 then
              parts[#parts + 1] = string.format(':%.0f\r\n', (value < 0 and math.ceil(value) or math.floor(value)) + 0)
            else
              parts[#parts + 1] = ':-9223372036854775808\r\n'
            end
          elseif value == true then
            parts[#parts + 1] = ':1\r\n'
          elseif of ~= 'table' then
            parts[#parts + 1] = '$-1\r\n'
          elseif depth == 60 then
            parts[#parts + 1] = '-ERR the reply of the script is nested too deep\r\n'
          elseif type(value.err) == 'string' then
            say('-', value.err)
          elseif type(value.ok) == 'string' then
            say('+', value.ok)
          elseif type(value.double) == 'number' then
            encode(string.format('%.17g', value.double))
          elseif type(value.map) == 'table' then
            local size = 0
            for _ in pairs(value.map) do
              size = size + 2
            end
            parts[#parts + 1] = '*' .. size .. '\r\n'
            for key, item in pairs(value.map) do
              encode(key, depth + 1)
              encode(item, depth + 1)
            end
          elseif type(value.set) == 'table' then
            local size = 0
            for _ in pairs(value.set) do
              size = size + 1
            end
            parts[#parts + 1] = '*' .. size .. '\r\n'
            for item in pairs(value.set) do
              encode(item, depth + 1)
            end
          elseif type(value.big_number) == 'string' then
            encode(value.big_number)
          elseif type(value.verbatim_string) == 'table' and type(value.verbatim_string.string) == 'string' then
            encode(value.verbatim_string.string)
          else
            local size = 0
            while value[size + 1] ~= nil do
              size = size + 1
            end
            parts[#parts + 1] = '*' .. size .. '\r\n'
            for i = 1, size do
              encode(value[i], depth + 1)
            end
          end
        end

        -- The server's own handler adds the line to an error. Redis 6.2 makes a text of it, later ones a table.
        local handled, handler = pcall(function() return __redis__err__handler end)
        local returned, value = xpcall(function() return script(keys, values) end, handled and handler or tostring)
        if returned then
          encode(value, 0)
        elseif type(value) == 'table' and type(value.err) == 'string' then
          say('-', value.source and value.err .. ' script: ' .. ARGV[3] .. ', on ' .. value.source .. ':' .. value.line .. '.' or value.err)
        else
          say('-ERR Error running script (call to f_', ARGV[3] .. '): ' .. tostring(value))
        end

        -- What the script kept from replicas and the file, it did; its token goes there.
        if redis.set_repl then
          pcall(redis.set_repl, redis.REPL_ALL)
        end
        local text, behind = '*1\r\n' .. table.concat(parts), ''


        """;

    /// <summary>
    /// A sender's script as a function within one that keeps a token. It begins on the first line, so that the lines of its errors are its
    /// own; the line that tells a server how to run it (<c>#!lua …</c>, since Redis 7) stays in front.
    /// </summary>
    /// <remarks>
    /// <c>ARGV[3]</c> is the hash of the sender's script, then come its own arguments. Its value is turned into a reply as the server does it:
    /// https://redis.io/docs/latest/develop/programmability/lua-api/#data-type-conversion. The answer is an array of that one reply; any other
    /// answer means that it did not run, whatever the sender's script may say.
    /// </remarks>
    public static string Around(ScriptText script)
    {
        var text = script.Text;
        var begins = text.StartsWith("#!", StringComparison.Ordinal) ? text.IndexOf('\n') + 1 : 0;
        return $"{text[..begins]}local script = function(KEYS, ARGV, ...) {text[begins..]}\nend\n{ExactlyOnceScript.Refusal}{ExactlyOnceScript.Begin}{Run}{ExactlyOnceScript.Keep}";
    }
}
