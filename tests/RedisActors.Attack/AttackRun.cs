using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Attack;

/// <summary>
/// Attackers and honest senders on one RedisActor and one real server, for a time. The server has small limits on requests, replies and
/// scripts, so that the attackers reach them.
/// </summary>
internal sealed class AttackRun
{
    private const int Attackers = 6;
    private const int HonestSenders = 4;
    private const int Databases = 16;
    private const int MostFindings = 20;

    /// <summary>How much longer than its timeout a command may take: whatever the server does, the library tells the time itself.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private static readonly DeliveryMode[] HonestModes = [DeliveryMode.ExactlyOnce, DeliveryMode.AtMostOnce, DeliveryMode.WhenSafe];

    private static readonly string[] SmallLimits =
    [
        "--databases", $"{Databases}",
        "--busy-reply-threshold", "50",
        "--client-output-buffer-limit", "normal 1mb 0 0",
        "--client-query-buffer-limit", "1mb",
        "--proto-max-bulk-len", "1mb",
    ];

    private readonly IActorRef _redis;
    private readonly IActorRef _desk;
    private readonly RedisServer _server;
    private readonly int _seed;
    private readonly CancellationToken _end;
    private readonly MarkAccount _marks = new();
    private readonly HonestCounter[] _counters = [.. Enumerable.Range(0, HonestSenders).Select(_ => new HonestCounter())];
    private readonly HonestList[] _lists = [.. Enumerable.Range(0, HonestSenders).Select(_ => new HonestList())];
    private readonly ConcurrentQueue<string> _findings = new();
    private long _commands;
    private long _answered;
    private long _false;
    private long _unanswered;
    private long _honestCommands;
    private long _maxHonestWait;

    private AttackRun(ActorSystem system, IActorRef redis, RedisServer server, int seed, CancellationToken end)
    {
        _redis = redis;
        _desk = system.ActorOf(Props.Create(() => new AnswerDesk(Find)));
        _server = server;
        _seed = seed;
        _end = end;
    }

    /// <summary>Attacks for a time.</summary>
    /// <param name="seed">The same seed, the same commands.</param>
    /// <param name="time">For how long.</param>
    /// <param name="inFront">
    /// Makes an actor that stands between the senders and the RedisActor: one that lies, to see that it is found.
    /// </param>
    public static async Task<AttackReport> GoAsync(int seed, TimeSpan time, Func<IActorRef, Props>? inFront = null)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false, Arguments = SmallLimits });
        var system = ActorSystem.Create("attack", $$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            redis-actors.default { endpoint = "{{server.Endpoint}}", heartbeat { interval = 200ms, timeout = 1s } }
            """);
        try
        {
            var redis = RedisExtension.Get(system).RedisActor;
            var losses = new LossCount();
            redis.Tell(new SubscribeToState(system.ActorOf(Props.Create(() => new LossCounter(losses)))));
            using var end = new CancellationTokenSource(time);
            var run = new AttackRun(system, inFront is null ? redis : system.ActorOf(inFront(redis)), server, seed, end.Token);
            await Task.WhenAll(Enumerable.Range(0, Attackers).Select(run.AttackAsync).Concat(Enumerable.Range(0, HonestSenders).Select(run.SendHonestlyAsync)));
            return await run.ReportAsync(losses.Count);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private async Task AttackAsync(int attacker)
    {
        await Task.Yield();
        var odd = new OddCommands((_seed * Attackers) + attacker);
        while (!_end.IsCancellationRequested)
        {
            switch (odd.Next(20))
            {
                case 0:
                    await Task.WhenAll(Enumerable.Range(0, odd.Next(16)).Select(_ => odd.Next(2) == 0 ? MarkAsync(odd) : SendOddAsync(odd)));
                    break;
                case 1 or 2:
                    await MarkAsync(odd);
                    break;
                case 3 or 4:
                    await WriteAndReadAsync(odd, attacker);
                    break;
                case 5 or 6:
                    await SendCompoundAsync(odd);
                    break;
                default:
                    await SendOddAsync(odd);
                    break;
            }
        }
    }

    private async Task SendOddAsync(OddCommands odd)
    {
        var (name, arguments) = odd.Next();
        RedisCommand command;
        try
        {
            command = odd.WithOddOptions(new RedisCommand(name, arguments));
        }
        catch (ArgumentException)
        {
            return;
        }

        if (arguments.Any(argument => argument.IsNull)) Find($"{name} with a null argument was not refused");
        var told = await TellAsync(command, odd.Next(2) == 0);
        if (told.Outcome != Outcome.Applied) return;
        if (command.Database >= Databases) Find($"{Text(command)} was applied in database {command.Database}, which the server does not have");
        if (name.StartsWith("XQ", StringComparison.Ordinal)) Find($"{Text(command)}, which no server knows, was applied");
        if (name is "ECHO" && arguments is [var echoed] && !HasBytesOf(told.Reply!.Value.AsRedisValue(), echoed)) Find($"{Text(command)} was answered {told.Reply}");
    }

    private async Task SendCompoundAsync(OddCommands odd)
    {
        RedisCommand command;
        try
        {
            command = odd.WithOddOptions(odd.NextCompound());
        }
        catch (ArgumentException)
        {
            return;
        }

        var told = await TellAsync(command, odd.Next(2) == 0);
        if (told.Outcome != Outcome.Applied || command is not RedisTransaction transaction || told.Reply!.Value.Kind == RespKind.Error) return;
        var isAll = told.Reply.Committed
            ? told.Reply.Value.AsArray().Length == transaction.Commands.Length
            : transaction.Conditions.Length > 0;
        if (!isAll) Find($"{transaction} was answered {told.Reply}");
    }

    /// <summary>A write that is looked up in the end. Its sender may give it up meanwhile.</summary>
    private async Task MarkAsync(OddCommands odd)
    {
        var number = _marks.Next();
        var command = odd.WithOddOptions(odd.Mark(number));
        using var giveUp = odd.Next(5) == 0 ? new CancellationTokenSource(odd.Next(20)) : null;
        var told = await TellAsync(command, giveUp is null && odd.Next(2) == 0, giveUp?.Token ?? default);
        if (told.Outcome is { } outcome) _marks.Told(number, command, outcome);
    }

    /// <summary>What one sender reads after it wrote is what it wrote.</summary>
    private async Task WriteAndReadAsync(OddCommands odd, int attacker)
    {
        var (key, value, database) = ($"own:{attacker}", odd.Next(1_000_000_000), odd.OddDatabase());
        var write = TellAsync(new RedisCommand("SET", key, value) { Database = database, Timeout = TimeSpan.FromSeconds(15) });
        var read = TellAsync(new RedisCommand("GET", key) { Database = database, Timeout = TimeSpan.FromSeconds(15) });
        await Task.WhenAll(write, read);
        if ((write.Result.Outcome, read.Result.Outcome) != (Outcome.Applied, Outcome.Applied)) return;
        if (read.Result.Reply!.Value.AsRedisValue() != value) Find($"GET {key} in database {database} is answered {read.Result.Reply}, after SET {value}");
    }

    private async Task SendHonestlyAsync(int sender)
    {
        await Task.Yield();
        var (counter, list) = (_counters[sender], _lists[sender]);
        while (!_end.IsCancellationRequested)
        {
            var counted = await HonestAsync(new RedisCommand("INCR", CounterKey(sender)) { Delivery = DeliveryMode.ExactlyOnce });
            if (counted.Outcome == Outcome.Applied) counter.OnApplied(counted.Reply!.Value.AsInt64());
            else if (counted.Outcome is null or Outcome.Unknown) counter.OnUnknown();

            var mode = HonestModes[list.Next % HonestModes.Length];
            var added = await HonestAsync(new RedisCommand("RPUSH", ListKey(sender), list.Next) { Delivery = mode });
            list.OnTold(added.Outcome);
        }
    }

    private async Task<Told> HonestAsync(RedisCommand command)
    {
        var count = Interlocked.Increment(ref _honestCommands);
        var started = Stopwatch.GetTimestamp();
        var told = await AwaitAsync(command with { Timeout = TimeSpan.FromSeconds(30) }, byDesk: count % 2 == 0);
        var waited = Stopwatch.GetElapsedTime(started).Ticks;
        for (var longest = Volatile.Read(ref _maxHonestWait); waited > longest; longest = Volatile.Read(ref _maxHonestWait))
        {
            if (Interlocked.CompareExchange(ref _maxHonestWait, waited, longest) == longest) break;
        }

        if (told.Outcome is Outcome.Rejected or Outcome.NotSent) Find($"an honest {command.Name} was {told.Outcome}: {told.Failure}");
        return told;
    }

    private async Task<Told> TellAsync(RedisCommand command, bool byDesk = false, CancellationToken giveUp = default)
    {
        Interlocked.Increment(ref _commands);
        var told = await AwaitAsync(command, byDesk, giveUp);
        if (told.Outcome is not null) Interlocked.Increment(ref _answered);
        return told;
    }

    private async Task<Told> AwaitAsync(RedisCommand command, bool byDesk, CancellationToken giveUp = default)
    {
        try
        {
            var answer = byDesk ? AnswerDesk.SendAsync(_redis, command, _desk) : _redis.ExecuteAsync(command, giveUp);
            return new Told(Outcome.Applied, await answer.WaitAsync(command.Timeout!.Value + Margin, CancellationToken.None), null);
        }
        catch (RedisOutcomeException failure)
        {
            return new Told(failure.Outcome, null, failure.Message);
        }
        catch (RedisCanceledException canceled)
        {
            return new Told(canceled.Outcome, null, canceled.Message);
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _unanswered);
            if (_findings.Count < MostFindings) _findings.Enqueue($"{Text(command)} was not answered");
            return new Told(null, null, null);
        }
    }

    private async Task<AttackReport> ReportAsync(long losses)
    {
        var marks = new Dictionary<(int, int), long>();
        await using var probe = await _server.ConnectAsync();
        for (var database = 0; database < Databases; database++)
        {
            (await probe.ExecuteAsync("SELECT", $"{database}")).OrThrow();
            var fields = (await probe.ExecuteAsync("HGETALL", MarkAccount.Hash)).OrThrow().Items.Select(item => item.Text!).ToArray();
            for (var i = 0; i < fields.Length; i += 2) marks.Add((database, ToNumber(fields[i])), ToNumber(fields[i + 1]));
        }

        foreach (var finding in _marks.FindFalse(marks)) Find(finding);
        (await probe.ExecuteAsync("SELECT", "0")).OrThrow();
        long lost = 0, duplicated = 0;
        for (var sender = 0; sender < HonestSenders; sender++)
        {
            var value = (await probe.ExecuteAsync("GET", CounterKey(sender))).OrThrow().Text is { Length: > 0 } text ? ToNumber(text) : 0;
            string[] items = [.. (await probe.ExecuteAsync("LRANGE", ListKey(sender), "0", "-1")).OrThrow().Items.Select(item => item.Text!)];
            int[] list = [.. items.Where(IsNumber).Select(ToNumber)];
            if (list.Length < items.Length) Find($"{ListKey(sender)} has an element that its sender did not send");
            lost += _counters[sender].LostAt(value) + _lists[sender].LostFrom(list);
            duplicated += _counters[sender].DuplicatedAt(value) + _lists[sender].DuplicatedIn(list);
            if (HonestList.MisplacedIn(list) > 0) Find($"{ListKey(sender)} is not in the order in which it was sent");
        }

        return new AttackReport(
            _commands, _answered, _false + _counters.Sum(counter => counter.Wrong), _unanswered, losses,
            _honestCommands, lost, duplicated, _counters.Sum(counter => counter.Unknown) + _lists.Sum(list => list.Unknown),
            TimeSpan.FromTicks(_maxHonestWait), [.. _findings]);
    }

    private void Find(string finding)
    {
        Interlocked.Increment(ref _false);
        if (_findings.Count < MostFindings) _findings.Enqueue(finding);
    }

    /// <summary>Whether both are the same to Redis. As values, the text " 1" and the bytes of it are not equal.</summary>
    internal static bool HasBytesOf(RedisValue one, RedisValue other) =>
        one.IsNull == other.IsNull && ((byte[]?)one).AsSpan().SequenceEqual((byte[]?)other);

    private static string CounterKey(int sender) => $"honest:{sender}:counter";

    private static string ListKey(int sender) => $"honest:{sender}:list";

    private static bool IsNumber(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static int ToNumber(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(RedisCommand command)
    {
        var words = string.Join(' ', command.Arguments.Select(argument => argument.ToString()));
        return $"{command.Name} {(words.Length > 200 ? words[..200] : words)} (database {command.Database}, {command.Delivery}, {command.IdempotencyKey})";
    }

    private sealed record Told(Outcome? Outcome, RedisReply? Reply, string? Failure);

    private sealed class LossCount
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Increment() => Interlocked.Increment(ref _count);
    }

    private sealed class LossCounter : ReceiveActor
    {
        public LossCounter(LossCount losses) => Receive<RedisLost>(_ => losses.Increment());
    }
}
