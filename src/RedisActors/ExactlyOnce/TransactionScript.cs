namespace RedisActors.ExactlyOnce;

/// <summary>
/// The script that runs the commands of a transaction, all of them or none: for transactions with conditions, and, with a token, for those
/// that are delivered exactly-once.
/// </summary>
/// <remarks>
/// <para><c>ARGV</c> ends with the commands and the conditions, each as <see cref="PackedCommands"/>; a condition is the test, what it compares
/// with, and the command whose reply it looks at. With a token, what <see cref="ExactlyOnceScript"/> needs comes before.</para>
/// <para>It answers like that: with an array of the replies; with nil where a condition does not hold; or with an error, and nothing has
/// run.</para>
/// <para>Before the first command, it looks whether the server would take each, as <c>MULTI</c> does when it queues them: whether the command
/// exists and is allowed in a script, the number of its arguments, the ACL (since Redis 7). Whether the server writes at all shows at the
/// first write; it takes the others then.</para>
/// </remarks>
internal static class TransactionScript
{
    private const string WithToken = "local commands, conditions = ARGV[3], ARGV[4]\n";

    private const string WithoutToken = "local permits = redis.acl_check_cmd\nlocal commands, conditions = ARGV[1], ARGV[2]\n";

    private const string RunAll =
        """
        local function read(packed)
          local words = cmsgpack.unpack(packed)
          local all, next = {}, 1
          while words[next] do
            all[#all + 1] = { unpack(words, next + 1, next + words[next]) }
            next = next + 1 + words[next]
          end
          return all
        end

        local members = read(commands)
        local function info(name)
          local asked = not permits or permits('COMMAND', 'INFO', name)
          local infos = asked and redis.pcall('COMMAND', 'INFO', name)
          return infos and not infos.err and infos[1]
        end

        -- Whether a number of words, the name included, is one that the server takes.
        local function fits(arity, count)
          return arity >= 0 and count == arity or arity < 0 and count >= -arity
        end

        local infos = {}
        for _, words in ipairs(members) do
          local name = string.lower(words[1])
          if infos[name] == nil then
            infos[name] = info(name) or false
          end
          local known = infos[name]
          local takes = true
          if known then
            takes = fits(known[2], #words)
            for _, flag in ipairs(known[3]) do
              if (flag.ok or flag) == 'noscript' then
                takes = false
              end
            end
            if takes and words[2] and known[10] then
              local subcommand = name .. '|' .. string.lower(words[2])
              for _, each in ipairs(known[10]) do
                if each[1] == subcommand and not fits(each[2], #words) then
                  takes = false
                end
              end
            end
          end
          -- Last: a server asked about a command that has too few words for its keys may end itself.
          if takes and permits then
            local exists, permitted = pcall(permits, unpack(words))
            takes = exists and permitted
          end
          if not takes then
            -- The server refuses it, in words that are made into those of the plain command.
            local text = run(words, 1, #words)
            if string.sub(text, 1, 1) == '-' then
              return text
            end
            return '-ERR a command of the transaction is not allowed in a script\r\n'
          end
        end

        local holds = true
        for _, check in ipairs(read(conditions)) do
          local test, expected = check[1], check[2]
          local value = redis.pcall(unpack(check, 3))
          if type(value) == 'table' and value.err then
            return (run(check, 3, #check))
          end
          local number = tonumber(value)
          if test == 'there' then
            holds = value ~= false
          elseif test == 'missing' then
            holds = value == false
          elseif test == 'equal' then
            holds = value == expected
          elseif test == 'not-equal' then
            holds = value ~= expected
          elseif test == 'number' then
            holds = number ~= nil and number == tonumber(expected)
          elseif test == 'not-number' then
            holds = number ~= tonumber(expected)
          elseif test == 'unchanged' then
            holds = redis.sha1hex(value or '') == expected
          elseif test == 'less' then
            holds = number < tonumber(expected)
          else
            holds = number > tonumber(expected)
          end
          if not holds then
            break
          end
        end

        local text, behind = '$-1\r\n', ''
        if holds then
          local texts = {}
          for i, words in ipairs(members) do
            local reply, later = run(words, 1, #words)
            -- The server refuses the first write of a script, or none: nothing has run.
            if later then
              return reply
            end
            texts[i] = reply
          end
          text = '*' .. #texts .. '\r\n' .. table.concat(texts)
        end


        """;

    /// <summary>For a transaction with conditions.</summary>
    public static ScriptText Plain { get; } = new(WithoutToken + ExactlyOnceScript.RunOne + RunAll + "return text");

    /// <summary>For one that runs once per token.</summary>
    public static ScriptText Once { get; } = new(
        ExactlyOnceScript.Refusal + ExactlyOnceScript.Begin + WithToken + ExactlyOnceScript.RunOne + RunAll + ExactlyOnceScript.Keep);
}
