using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using RedisActors.TestKit.Model;
using StackExchange.Redis;

namespace RedisActors.TestKit;

/// <summary>What becomes of a request that was handed to a link.</summary>
/// <param name="Tell">Tells it.</param>
/// <param name="LosesLink">Why the connection closes instead of a reply; null: it does not.</param>
internal sealed record Verdict(Action<LinkRequest> Tell, string? LosesLink = null);

/// <summary>The server in memory: its data, whether it is there, its connections, and what a test has said of commands that come.</summary>
internal sealed class MemoryServer : IRedisLinkFactory
{
    private readonly Lock _lock = new();
    private readonly CommandModel _model = new();
    private readonly Dictionary<int, Keyspace> _databases = [];
    private readonly Dictionary<string, Func<RedisCommand, RespValue>> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ScriptText Script, Func<RedisScript, RespValue> Answer)> _scripts = new(StringComparer.Ordinal);
    private readonly List<(string Name, NextOutcome Outcome)> _next = [];
    private readonly List<MemoryLink> _links = [];
    private readonly List<string> _executed = [];
    private string? _away;
    private bool _holdsReplies;
    private long _lastLink;

    /// <summary>What time it is, for expiry.</summary>
    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UtcNow;

    public object ServerKey => this;

    public IRedisLinkFactory ForSubscriptions { get; } = new NoSubscriptions();

    public IEnumerable<string> Modelled => _model.Names;

    /// <summary>Whether replies are kept back.</summary>
    public bool HoldsReplies => Volatile.Read(ref _holdsReplies);

    public string[] Executed
    {
        get
        {
            lock (_lock) return [.. _executed];
        }
    }

    public Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_away is { } reason) return Task.FromException<IRedisLink>(new ServerSilentException(reason));
            var link = new MemoryLink(this, ++_lastLink, onLost);
            _links.Add(link);
            return Task.FromResult<IRedisLink>(link);
        }
    }

    public Task<bool> AnswersAsync(CancellationToken cancellation) => Task.FromResult(Volatile.Read(ref _away) is null);

    /// <summary>From now on nobody connects, and every connection is closed.</summary>
    public void GoAway(string reason)
    {
        MemoryLink[] links;
        lock (_lock)
        {
            _away = reason;
            links = [.. _links];
        }

        foreach (var link in links) link.Abandon(reason);
    }

    public void ComeBack()
    {
        lock (_lock) _away = null;
    }

    public void HoldReplies(bool holds)
    {
        MemoryLink[] links;
        lock (_lock)
        {
            _holdsReplies = holds;
            links = [.. _links];
        }

        foreach (var link in links) link.Pump();
    }

    public void Forget(MemoryLink link)
    {
        lock (_lock) _links.Remove(link);
    }

    public void OnCommand(string name, Func<RedisCommand, RespValue> answer)
    {
        lock (_lock) _answers[name] = answer;
    }

    /// <summary>The script is known by its hash, with a token and without.</summary>
    public void OnScript(ScriptText script, Func<RedisScript, RespValue> answer)
    {
        lock (_lock) _scripts[script.Sha1] = _scripts[script.Once.Sha1] = (script, answer);
    }

    public void OnNext(string name, NextOutcome outcome)
    {
        lock (_lock) _next.Add((name, outcome));
    }

    /// <summary>Runs a command as if a client of its own had sent it.</summary>
    public RespValue Execute(string name, RedisValue[] arguments, int database)
    {
        lock (_lock) return Run(database, name, [.. arguments.Select(Call.Text)], isSenders: false);
    }

    /// <summary>Executes a request, or does what the test has said of it.</summary>
    public Verdict Take(LinkRequest request)
    {
        lock (_lock)
        {
            var isSenders = request is PendingCommand or GroupRequest;
            var outcome = isSenders ? TakeNext(request) : null;
            switch (outcome)
            {
                case null:
                    return Told(Reply(request, isSenders));
                case { Kind: NextKind.Rejected }:
                    return new Verdict(told => told.Reject(outcome.Words));
                case { Kind: NextKind.NotSent }:
                    return new Verdict(told => told.Refuse(outcome.Words));
                case { Kind: NextKind.Unknown }:
                    Reply(request, isSenders);
                    return new Verdict(told => told.BecomeUnknown(outcome.Words));
                default:
                    if (outcome.Kind == NextKind.ReplyLost) Reply(request, isSenders);
                    return new Verdict(told => told.Fail(new LinkFault(CertainlyNotSent: false, outcome.Words)), outcome.Words);
            }
        }
    }

    private static Verdict Told(RespValue reply) =>
        reply.Kind == RespKind.Error ? new Verdict(told => told.Reject(reply.AsString()!)) : new Verdict(told => told.Succeed(reply));

    private NextOutcome? TakeNext(LinkRequest request)
    {
        if (_next.Count == 0) return null;
        var names = NamesOf(request);
        var at = _next.FindIndex(each => names.Contains(each.Name));
        if (at < 0) return null;
        var outcome = _next[at].Outcome;
        _next.RemoveAt(at);
        return outcome;
    }

    private static HashSet<string> NamesOf(LinkRequest request)
    {
        IEnumerable<string> names = request.Members is { } members ? members.Select(member => member.Name)
            : request.Name == "EVALSHA" && ScriptModel.IsKnown(request.Arguments)
                ? ScriptModel.CommandsOf(request.Arguments).Where(words => words.Length > 0).Select(words => words[0])
                : [request.Name];
        return [.. names.Select(name => name.ToUpperInvariant())];
    }

    private RespValue Reply(LinkRequest request, bool isSenders)
    {
        var database = request.Database ?? 0;
        var arguments = request.Arguments;
        if (!isSenders)
        {
            switch (request.Name)
            {
                case "CLIENT":
                    return RespValue.Integer(1);
                case "ROLE":
                    return RespValue.Array(RespValue.BulkString("master"), RespValue.Integer(0), RespValue.Array());
                case "SCRIPT":
                    return arguments[0] == "LOAD" ? RespValue.BulkString(ScriptText.Of(arguments[1].ToString()).Sha1) : RespValue.Array(RespValue.Integer(1));
                case "COMMAND":
                    return RespValue.Array(RespValue.Null);
            }
        }

        if (request.Members is { } members) return RunAll(database, members);
        if (request.Name == "EVALSHA" && ScriptModel.IsKnown(arguments))
        {
            return ScriptModel.Run(
                Database(database), Clock(), WhyRefused, (name, words) => Run(database, name, words, isSenders), arguments);
        }

        if (request.Name.StartsWith("EVALSHA", StringComparison.Ordinal) && _scripts.TryGetValue(arguments[0].ToString(), out var known))
        {
            return ScriptModel.RunSenders(Database(database), Clock(), arguments, known.Script, script => RunScript(script, known.Answer));
        }

        return Run(database, request.Name, [.. arguments.Select(Call.Text)], isSenders);
    }

    private RespValue RunScript(RedisScript script, Func<RedisScript, RespValue> answer)
    {
        _executed.Add(string.Join(' ', ["EVALSHA", .. script.Arguments.Select(word => Call.Readable(Call.Text(word)))]));
        try
        {
            return answer(script);
        }
        catch (Exception error)
        {
            return RespValue.Error($"ERR what the test gave to OnScript threw: {error.Message}");
        }
    }

    private RespValue RunAll(int database, IReadOnlyList<RedisCommand> members)
    {
        foreach (var member in members)
        {
            if (WhyRefused(member.Name.ToUpperInvariant(), member.ArgumentArray.Length) is { } refused)
            {
                return RespValue.Error($"EXECABORT Transaction discarded because of: {refused.Message}");
            }
        }

        return RespValue.Array([.. members.Select(member => Run(database, member.Name, [.. member.ArgumentArray.Select(Call.Text)], isSenders: true))]);
    }

    private ModelError? WhyRefused(string name, int count) => _answers.ContainsKey(name) ? null : _model.WhyRefused(name, count);

    private RespValue Run(int database, string name, string[] words, bool isSenders)
    {
        name = name.ToUpperInvariant();
        if (isSenders) _executed.Add(string.Join(' ', [name, .. words.Select(Call.Readable)]));
        if (_answers.TryGetValue(name, out var answer)) return Scripted(answer, name, words);
        if (name == "EVAL" && LockModel.IsKnown(words)) return LockModel.Run(new Call(Database(database), name, words, Clock()));
        if (name == "FLUSHALL")
        {
            _databases.Clear();
            return Call.Ok;
        }

        return _model.Run(new Call(Database(database), name, words, Clock()));
    }

    private static RespValue Scripted(Func<RedisCommand, RespValue> answer, string name, string[] words)
    {
        try
        {
            return answer(new RedisCommand(name, [.. words.Select(word => (RedisValue)System.Text.Encoding.Latin1.GetBytes(word))]));
        }
        catch (Exception error)
        {
            return RespValue.Error($"ERR what the test gave to OnCommand(\"{name}\", …) threw: {error.Message}");
        }
    }

    private Keyspace Database(int number) =>
        _databases.TryGetValue(number, out var known) ? known : _databases[number] = new Keyspace(() => Clock());

    /// <summary>Says why a subscription is never confirmed, instead of leading it to a real server.</summary>
    private sealed class NoSubscriptions : IRedisLinkFactory
    {
        public object ServerKey => this;

        public Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation) =>
            Task.FromException<IRedisLink>(new MisconfiguredException("TestRedis has no pub/sub; test subscriptions with a Redis server"));

        public Task<bool> AnswersAsync(CancellationToken cancellation) => Task.FromResult(false);
    }
}
