using System.Globalization;
using System.Text;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Simulation;

/// <summary>What a server answers to one request.</summary>
internal readonly record struct ServerReply(RespValue Value, string? Error = null);

/// <summary>
/// A Redis server as far as the ledger can tell: data, connections with input that waits to be executed, tokens, scripts, and
/// the ways in which it refuses or is not there.
/// </summary>
internal sealed class ModelServer(VirtualTime time, Chance chance, Account account, ModelMemory memory, ModelClock clock, Mutation mutation)
{
    private const string WrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private const string Loading = "LOADING Redis is loading the dataset in memory";
    private const string Busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
    private const string TryAgain = "TRYAGAIN Multiple keys request during rehashing of slot";
    private const string ReadOnly = "READONLY You can't write against a read only replica.";
    private const string Misconfigured = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.";

    private static readonly string[] ServersWords =
        ["NOREPLICAS Not enough good replicas to write.", "CLUSTERDOWN The cluster is down", "NOAUTH Authentication required."];

    private const string NoScript = "NOSCRIPT No matching script. Please use EVAL.";
    private const string Late = "TOKENLATE the time of the command is over by the clock of the server. Nothing was executed";
    private const string Aborted = "EXECABORT Transaction discarded because of previous errors.";

    private static readonly string[] ScriptsWords = [.. ServersWords, NoScript];

    private readonly List<ModelConnection> _connections = [];
    private readonly Dictionary<string, object> _data = [];
    private readonly Dictionary<string, (long Expires, string Reply, TrackedCommand[] Refused)> _tokens = [];
    private readonly Dictionary<string, long> _tryAgainUntil = [];
    private readonly HashSet<string> _scripts = [];
    private bool _flushes;
    private long _downUntil;
    private long _stalledUntil;
    private long _loadingUntil;
    private long _busyUntil;
    private long _readOnlyUntil;
    private long _misconfiguredUntil;
    private long _fullUntil;
    private long _forbiddenUntil;

    public bool IsDown => time.Now < _downUntil;

    public bool IsStalled => time.Now < _stalledUntil;

    /// <summary>A client connects; null when it cannot.</summary>
    public ModelConnection? Connect()
    {
        if (IsDown || time.Now < _fullUntil) return null;
        var connection = new ModelConnection(_connections.Count + 1, this) { Eviction = memory.Say(), Clock = clock.Say() };
        _connections.Add(connection);
        return connection;
    }

    /// <summary>kill -9, and a restart: data and tokens are kept, connections, their input and the scripts are not.</summary>
    public void Restart(long down, long loading)
    {
        _downUntil = Math.Max(_downUntil, time.Now + down);
        _loadingUntil = _downUntil + loading;
        _busyUntil = 0;
        _stalledUntil = Math.Min(_stalledUntil, time.Now);
        _scripts.Clear();
        memory.Restart();
        foreach (var connection in _connections) connection.Close();
    }

    public void Stall(long duration) => _stalledUntil = time.Now + duration;

    public void Load(long duration) => _loadingUntil = time.Now + duration;

    public void BeBusy(long duration) => _busyUntil = time.Now + duration;

    public void BeReadOnly(long duration) => _readOnlyUntil = time.Now + duration;

    public void BeMisconfigured(long duration) => _misconfiguredUntil = time.Now + duration;

    public void BeFull(long duration) => _fullUntil = time.Now + duration;

    /// <summary>The user's permissions are taken away for a while.</summary>
    public void Forbid(long duration) => _forbiddenUntil = time.Now + duration;

    public void MoveKey(string key, long duration) => _tryAgainUntil[key] = time.Now + duration;

    /// <summary>Its memory is full: some tokens go.</summary>
    public void Evict()
    {
        var evicted = memory.Choose(_tokens.Keys);
        account.Trace?.Invoke($"server: evicts {evicted.Length} of {_tokens.Count} tokens");
        foreach (var key in evicted) _tokens.Remove(key);
    }

    /// <summary>
    /// Not between a script and the question whether the server knows it: that the server takes those in one go, the library relies on.
    /// </summary>
    public void FlushScripts() => _flushes = true;

    /// <summary>Bytes of a request have come in.</summary>
    public void Received(ModelConnection connection)
    {
        if (connection.IsExecuting || connection.IsClosed) return;
        connection.IsExecuting = true;
        PlanExecution(connection);
    }

    private void PlanExecution(ModelConnection connection)
    {
        var start = Math.Max(0, _stalledUntil - time.Now);
        time.After(start + chance.UpTo(0.3), () => Execute(connection));
    }

    private void Execute(ModelConnection connection)
    {
        if (connection.IsClosed) return;
        if (IsStalled)
        {
            PlanExecution(connection);
            return;
        }

        var request = connection.Input.Dequeue();
        if (Array.Find(request.Carried, each => each.Command.IsPoison)?.Command is { } poison)
        {
            account.EndsConnection(poison, connection.Id);
            connection.Close();
            return;
        }

        var reply = Reply(request);
        account.Trace?.Invoke($"server: connection {connection.Id} executes {request} -> {reply.Error ?? reply.Value.ToString()}");
        connection.Answer?.Invoke(reply);
        connection.IsExecuting = connection.Input.Count > 0;
        if (connection.IsExecuting) PlanExecution(connection);
    }

    /// <summary>Of what the server says to the commands of a transaction, the client passes on that nothing ran.</summary>
    private ServerReply Reply(WrittenRequest request)
    {
        var reply = Answer(request);
        if (request.Name != "MULTI" || reply.Error is null) return reply;
        request.Carried[0].Command.Rejections.Add(Aborted);
        return new ServerReply(default, Aborted);
    }

    private ServerReply Answer(WrittenRequest request)
    {
        var isInquiry = request.Name == "SCRIPT" && request.Arguments[0] == "EXISTS";
        if (_flushes && !isInquiry)
        {
            _flushes = false;
            _scripts.Clear();
        }

        if (request.Name == "CLIENT" && time.Now >= _busyUntil)
        {
            foreach (var connection in _connections)
            {
                if (connection.Id == (int)request.Arguments[2]) connection.Close();
            }

            return new ServerReply(RespValue.Integer(1));
        }

        if (time.Now < _loadingUntil) return Refuse(request, Loading);
        if (time.Now < _busyUntil) return Refuse(request, Busy);
        if (request.Carried.Length > 0 && time.Now < _forbiddenUntil)
        {
            const string NoPermission = "NOPERM this user has no permissions to run this command";
            foreach (var each in request.Carried) each.Command.Rejections.Add(NoPermission);
            return Refuse(request, NoPermission);
        }

        switch (request.Name)
        {
            case "SCRIPT" when isInquiry:
                return new ServerReply(RespValue.Array(RespValue.Integer(_scripts.Contains(request.Arguments[1].ToString()) ? 1 : 0)));
            case "SCRIPT":
                var loaded = ScriptText.Of(request.Arguments[1].ToString()).Sha1;
                _scripts.Add(loaded);
                return new ServerReply(RespValue.BulkString(loaded));
            case "MULTI":
                return RunCompound(request.Carried[0]);
            case "UNLINK":
                foreach (var key in request.Arguments) _tokens.Remove(key.ToString());
                return new ServerReply(RespValue.Integer(request.Arguments.Length));
            case "COMMAND":
                return new ServerReply(RespValue.Array(Describe(request.Arguments[1].ToString())));
            case "EVALSHA":
                return RunScript(request);
            case "EVAL" when request.Carried.Length == 0:
                return RunWitness(request);
            default:
                return Run(request.Carried[0], request.Name, request.Arguments);
        }
    }

    /// <summary>Of the commands that are not in the library's table the server says that they write, and where their key is.</summary>
    private RespValue Describe(string name) => RespValue.Array(
        RespValue.BulkString(name),
        RespValue.Integer(3),
        RespValue.Array(RespValue.SimpleString("write"), RespValue.SimpleString("module")),
        RespValue.Integer(mutation == Mutation.HeldKeysIgnored ? 0 : 1),
        RespValue.Integer(1),
        RespValue.Integer(1));

    private ServerReply RunScript(WrittenRequest request)
    {
        var keys = (int)request.Arguments[1];
        if (chance.Of(0.5) && Array.Exists(request.Carried, each => IsMoving(each.Command.Keys))) return Refuse(request, TryAgain);
        var hash = request.Arguments[0].ToString();
        if (!_scripts.Contains(hash)) return Refuse(request, NoScript);
        if (hash == TransactionScript.Plain.Sha1)
        {
            var reply = RunCompound(request.Carried[0]);
            return new ServerReply(RespValue.BulkString(Encode(reply)));
        }

        if (request.Carried is [{ Command.Command: RedisScript script } sent] && hash == script.Script.Sha1) return RunCompound(sent);
        var keep = (long)request.Arguments[2 + keys] * 1000;
        if (mutation == Mutation.KeepTimeIgnored) keep /= 1000;
        if (request.Arguments[3 + keys] == ExactlyOnceScript.Each) return RunEach(request, 4 + keys, keep);
        var token = request.Arguments[2].ToString();
        if (mutation != Mutation.TokenIgnored && _tokens.TryGetValue(token, out var kept) && kept.Expires > time.Now)
        {
            foreach (var each in request.Carried) each.Request.WasRefused |= kept.Refused.Contains(each.Command);
            return new ServerReply(RespValue.BulkString(kept.Reply));
        }

        var next = 4 + keys;
        if (request.Arguments[next].IsNullOrEmpty)
        {
            var (before, latest) = (request.Arguments[next + 1], request.Arguments[next + 2]);
            if (mutation != Mutation.LatenessIgnored && !latest.IsNullOrEmpty && clock.Now >= (long)latest)
            {
                return new ServerReply(RespValue.BulkString(Encode(Refuse(request, Late))));
            }

            if (!before.IsNullOrEmpty && before != memory.EvictedKeys) return TokenMayBeEvicted(request);
            next += 3;
        }

        var text = request.GroupCount is { } count ? RunGroup(request.Carried, count) : RunOne(request, next);
        if (text.Final) _tokens[token] = (time.Now + keep, text.Text, [.. request.Carried.Where(each => each.Request.WasRefused).Select(each => each.Command)]);
        return new ServerReply(RespValue.BulkString(text.Text));
    }

    private (string Text, bool Final) RunOne(WrittenRequest request, int name)
    {
        var carried = request.Carried[0];
        switch (carried.Command.Command)
        {
            case RedisTransaction:
                var replies = RunCompound(carried);
                return (Encode(replies), replies.Error is null);
            case RedisScript:
                var own = RunCompound(carried, out var hasRun);
                var marks = hasRun && mutation != Mutation.KeptErrorTakenForRefusal;
                return ((marks ? "*1\r\n" : string.Empty) + Encode(own), hasRun);
        }

        var reply = Run(carried, request.Arguments[name].ToString(), request.Arguments[(name + 1)..]);
        return (Encode(reply), reply.Error is null or WrongType);
    }

    /// <summary>Behind a command that may run later none is run; if that is the first, it is as if the group had not come.</summary>
    private (string Text, bool Final) RunGroup(CarriedCommand[] carried, int count)
    {
        var texts = Enumerable.Repeat("-SKIPPED\r\n", count).ToArray();
        string? refusal = null;
        foreach (var each in carried)
        {
            if (refusal is not null)
            {
                each.Request.WasRefused = true;
                texts[each.Place] = refusal;
                continue;
            }

            var reply = Run(each, each.Command.Command.Name, each.Command.Command.ArgumentArray);
            refusal = reply.Error is null or WrongType ? null : Encode(reply);
            if (refusal is not null && each == carried[0])
            {
                foreach (var other in carried) Refuse(other, reply.Error!);
                return (refusal, false);
            }

            texts[each.Place] = Encode(reply);
        }

        return ($"*{count}\r\n{string.Concat(texts)}", true);
    }

    /// <summary>Each with its own token. Behind a command that may run later none is run that has not run.</summary>
    private ServerReply RunEach(WrittenRequest request, int packed, long keep)
    {
        var latest = PackedReader.Read(Encoding.Latin1.GetString((byte[])request.Arguments[packed]!)).ConvertAll(words => words[1]);
        string? refusal = null;
        var texts = request.Carried.Select(TextOf).ToList();
        return new ServerReply(RespValue.BulkString($"*{texts.Count}\r\n{string.Concat(texts)}"));

        string TextOf(CarriedCommand each)
        {
            var token = request.Arguments[2 + each.Place].ToString();
            if (mutation != Mutation.TokenIgnored && _tokens.TryGetValue(token, out var kept) && kept.Expires > time.Now) return kept.Reply;
            if (refusal is not null)
            {
                each.Request.WasRefused = true;
                return refusal;
            }

            if (mutation != Mutation.LatenessIgnored && latest[each.Place].Length > 0 && clock.Now >= long.Parse(latest[each.Place], CultureInfo.InvariantCulture))
            {
                return Encode(Refuse(each, Late));
            }

            var reply = Run(each, each.Command.Command.Name, each.Command.Command.ArgumentArray);
            var text = Encode(reply);
            if (reply.Error is null or WrongType) _tokens[token] = (time.Now + keep, text, []);
            else refusal = text;
            return text;
        }
    }

    private ServerReply TokenMayBeEvicted(WrittenRequest request)
    {
        if (memory is { Evicts: false, Tells: true }) throw new Violation($"{request} is not run again by a server that evicts nothing");
        foreach (var each in request.Carried) each.Command.TokenMayBeEvicted = true;
        return new ServerReply(RespValue.BulkString(Encode(new ServerReply(default, "TOKENEVICTED evicted_keys differs"))));
    }

    private ServerReply Run(CarriedCommand carried, string name, RedisValue[] arguments)
    {
        var command = carried.Command;
        if (WhyNot(command.Keys, command.Writes) is { } refusal) return Refuse(carried, refusal);
        var reply = Apply(name, arguments);
        account.Executed(command, carried.Request, reply);
        return reply;
    }

    private ServerReply RunCompound(CarriedCommand carried) => RunCompound(carried, out _);

    /// <summary>A transaction or a script: all of it, or nothing where the server refuses writes.</summary>
    private ServerReply RunCompound(CarriedCommand carried, out bool hasRun)
    {
        var command = carried.Command;
        var refusal = WhyNot(command.Keys, command.Writes);
        hasRun = refusal is null;
        if (refusal is not null) return Refuse(carried, refusal);
        var reply = command.Command is RedisTransaction { ConditionArray.Length: > 0 } && _data.ContainsKey(command.Keys[2])
            ? new ServerReply(RespValue.Null)
            : ApplyCompound(command);
        account.Executed(command, carried.Request, reply);
        return reply;
    }

    private ServerReply ApplyCompound(TrackedCommand command)
    {
        var added = command.Command is RedisScript script ? script.Values[0] : ((RedisTransaction)command.Command).CommandArray[1].ArgumentArray[1];
        ServerReply[] replies = [Apply("INCR", [command.Keys[0]]), Apply("RPUSH", [command.Keys[1], added])];
        return command.Command is RedisScript && chance.Of(0.5)
            ? new ServerReply(default, chance.Pick(ScriptsWords))
            : new ServerReply(RespValue.Array([.. replies.Select(reply => reply.Error is { } error ? RespValue.Error(error) : reply.Value)]));
    }

    /// <summary>A script that does nothing is refused where one that writes would be.</summary>
    private ServerReply RunWitness(WrittenRequest request) =>
        WhyNot([.. request.Arguments[2..].Select(key => key.ToString())], writes: true) is { } refusal
            ? Refuse(request, refusal)
            : new ServerReply(RespValue.Integer(0));

    private string? WhyNot(string[] keys, bool writes)
    {
        if (IsMoving(keys)) return TryAgain;
        if (writes && time.Now < _readOnlyUntil) return ReadOnly;
        return writes && time.Now < _misconfiguredUntil ? Misconfigured : null;
    }

    /// <summary>
    /// A script of a sender's writes, and answers as it likes; not in words that may come true a moment later, when nobody could tell.
    /// </summary>
    private ServerReply RunSendersScript(RedisValue[] arguments)
    {
        var reply = Apply("RPUSH", arguments[2..]);
        return chance.Of(0.5) ? reply : new ServerReply(default, chance.Pick(ServersWords));
    }

    private ServerReply Apply(string name, RedisValue[] arguments)
    {
        var key = arguments[0].ToString();
        _data.TryGetValue(key, out var value);
        switch (name)
        {
            case "INCR":
                if (value is List<string>) return new ServerReply(default, WrongType);
                var number = (value is string digits ? long.Parse(digits, CultureInfo.InvariantCulture) : 0) + 1;
                _data[key] = number.ToString(CultureInfo.InvariantCulture);
                return new ServerReply(RespValue.Integer(number));
            case "RPUSH" or "MODULE.PUSH":
                if (value is not List<string> list) _data[key] = list = [];
                list.Add(arguments[1].ToString());
                return new ServerReply(RespValue.Integer(list.Count));
            case "SET":
                _data[key] = arguments[1].ToString();
                return new ServerReply(RespValue.SimpleString("OK"));
            case "MSET":
                for (var i = 0; i < arguments.Length; i += 2) _data[arguments[i].ToString()] = arguments[i + 1].ToString();
                return new ServerReply(RespValue.SimpleString("OK"));
            case "EVAL":
                return RunSendersScript(arguments);
            case "SETNX":
                if (value is not null) return new ServerReply(RespValue.Integer(0));
                _data[key] = arguments[1].ToString();
                return new ServerReply(RespValue.Integer(1));
            case "DEL":
                return new ServerReply(RespValue.Integer(_data.Remove(key) ? 1 : 0));
            case "GET":
                return new ServerReply(value is string text ? RespValue.BulkString(text) : RespValue.Null);
            default:
                throw new InvalidOperationException($"The model server does not know {name}.");
        }
    }

    private bool IsMoving(string[] keys)
    {
        foreach (var key in keys)
        {
            if (_tryAgainUntil.TryGetValue(key, out var until) && time.Now < until) return true;
        }

        return false;
    }

    private static ServerReply Refuse(WrittenRequest request, string error)
    {
        foreach (var each in request.Carried) Refuse(each, error);
        return new ServerReply(default, error);
    }

    private static ServerReply Refuse(CarriedCommand carried, string error)
    {
        carried.Request.WasRefused = true;

        // When the server refuses no more as soon as a moment later, its words count as the script's.
        if (carried.Command.Command is { Name: "EVAL" } or RedisScript { Delivery: not DeliveryMode.ExactlyOnce }) carried.Command.Rejections.Add(error);
        return new ServerReply(default, error);
    }

    /// <summary>A reply as the exactly-once script stores it.</summary>
    private static string Encode(ServerReply reply) => reply switch
    {
        { Error: { } error } => $"-{error}\r\n",
        { Value.Kind: RespKind.Error } => $"-{reply.Value.AsString()}\r\n",
        { Value.Kind: RespKind.Array } => $"*{reply.Value.AsArray().Length}\r\n{string.Concat(reply.Value.AsArray().Select(each => Encode(new ServerReply(each))))}",
        { Value.Kind: RespKind.Integer } => $":{reply.Value.AsInt64()}\r\n",
        { Value.Kind: RespKind.Null } => "$-1\r\n",
        { Value.Kind: RespKind.SimpleString } => $"+{reply.Value.AsString()}\r\n",
        _ => $"${Encoding.UTF8.GetByteCount(reply.Value.AsString()!)}\r\n{reply.Value.AsString()}\r\n",
    };
}

/// <summary>One connection, as the server has it.</summary>
internal sealed class ModelConnection(int id, ModelServer server)
{
    public int Id => id;

    /// <summary>What has come in and waits to be executed.</summary>
    public Queue<WrittenRequest> Input { get; } = new();

    /// <summary>What the server said of evicted keys when it was opened.</summary>
    public required ServerEviction Eviction { get; init; }

    /// <summary>What its clock showed then.</summary>
    public required ServerClock Clock { get; init; }

    public bool IsExecuting { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Where replies go.</summary>
    public Action<ServerReply>? Answer { get; set; }

    /// <summary>Told that the server has closed the connection.</summary>
    public Action? Closed { get; set; }

    public void Receive(WrittenRequest request)
    {
        if (IsClosed) return;
        Input.Enqueue(request);
        server.Received(this);
    }

    /// <summary>The server ends it: what has not been executed never will be.</summary>
    public void Close()
    {
        if (IsClosed) return;
        IsClosed = true;
        Input.Clear();
        Closed?.Invoke();
    }
}

/// <summary>A command that a request carries, the hand-over by which it came, and its place in a group.</summary>
internal sealed record CarriedCommand(TrackedCommand Command, TrackedRequest Request, int Place = 0);

/// <summary>A request as it was written to the socket.</summary>
internal sealed record WrittenRequest(string Name, RedisValue[] Arguments, CarriedCommand[] Carried)
{
    /// <summary>How many places the group has; null: it is none.</summary>
    public int? GroupCount { get; init; }

    public override string ToString() => Carried.Length == 0 ? Name : $"{Name} of {string.Join(" and ", Carried.Select(each => each.Command))}";
}
