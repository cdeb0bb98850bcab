using System.Text;

namespace RedisActors.TestKit.Model;

/// <summary>The commands that are modelled, and what each does.</summary>
internal sealed class CommandModel
{
    private readonly Dictionary<string, Modelled> _commands = new(StringComparer.Ordinal);

    public CommandModel()
    {
        KeyCommands.AddTo(this);
        StringCommands.AddTo(this);
        HashCommands.AddTo(this);
        ListCommands.AddTo(this);
        SetCommands.AddTo(this);
        SortedSetCommands.AddTo(this);
        Add("PING", 0, 1, call => call.Count == 0 ? RespValue.SimpleString("PONG") : Call.Bulk(call[0]));
        Add("ECHO", 1, 1, call => Call.Bulk(call[0]));
        Add("INFO", 0, int.MaxValue, _ => RespValue.BulkString("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n"));
    }

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _commands.Keys.Order(StringComparer.Ordinal);

    /// <param name="name">The command.</param>
    /// <param name="fewest">How many arguments it has at least.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="run">What it does. It may throw a <see cref="ModelError"/>.</param>
    public void Add(string name, int fewest, int most, Func<Call, RespValue> run) => _commands.Add(name, new Modelled(fewest, most, run));

    /// <summary>Why the server would not even queue a command; null: it would.</summary>
    public ModelError? WhyRefused(string name, int count)
    {
        if (!_commands.TryGetValue(name, out var known))
        {
            return new ModelError(
                $"ERR TestRedis does not model {name}; say what it answers with TestRedis.OnCommand(\"{name}\", …), or test with a Redis server");
        }

        return count < known.Fewest || count > known.Most ? ModelError.WrongArity(name) : null;
    }

    /// <summary>Runs a command; an error is an answer too.</summary>
    public RespValue Run(Call call)
    {
        try
        {
            return WhyRefused(call.Name, call.Count) is { } refused ? throw refused : _commands[call.Name].Run(call);
        }
        catch (ModelError error)
        {
            return RespValue.Error(error.Message);
        }
    }

    private sealed record Modelled(int Fewest, int Most, Func<Call, RespValue> Run);
}
