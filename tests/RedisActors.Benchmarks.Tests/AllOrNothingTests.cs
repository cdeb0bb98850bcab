using Akka.Actor;
using Akka.Configuration;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Tests;

/// <summary>
/// Under each of the ten faults, transactions and scripts that increment two counters: the counters stay equal, and equal to what the senders
/// were told.
/// </summary>
public sealed class AllOrNothingTests
{
    private const int Senders = 8;
    private const int AppliedBefore = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Faults => [.. OutageFault.All.Select(fault => fault.Name)];

    private static readonly (string Name, Func<string, string, RedisCommand> Make)[] Forms =
    [
        ("transaction", (one, other) => new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other))),
        ("conditional", (one, other) => new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other))
        {
            Conditions = [RedisCondition.KeyNotExists("closed")],
        }),
        ("script", (one, other) => new RedisScript("return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}", [one, other])),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Both_counters_are_what_the_senders_were_told(string name)
    {
        var fault = OutageFault.All.Single(each => each.Name == name);
        await using var stage = await OutageStage.SetAsync(fault.NeedsProxy, fault.NeedsPeer);
        using var system = ActorSystem.Create("ledger", ConfigurationFactory.ParseString(
            $"akka {{ loglevel = ERROR, stdout-loglevel = OFF, loggers = [] }}\nredis-actors.default.endpoint = \"{stage.Endpoint}\""));
        var redis = RedisExtension.Get(system).RedisActor;
        var accounts = Forms
            .SelectMany(form => new[] { DeliveryMode.ExactlyOnce, DeliveryMode.WhenSafe, DeliveryMode.AtMostOnce }
                .Select(delivery => new Account(form.Name, delivery, form.Make)))
            .ToArray();
        using var stop = new CancellationTokenSource();
        var load = accounts.SelectMany(account => Enumerable.Range(0, Senders).Select(_ => account.SendAsync(redis, stop.Token))).ToArray();

        await MoreAsync(accounts);
        await fault.InjectAsync(stage);
        await MoreAsync(accounts);
        await stop.CancelAsync();
        await Task.WhenAll(load).WaitAsync(Patience);
        await system.Terminate();

        await using var probe = await stage.Server.ConnectAsync();
        foreach (var account in accounts)
        {
            var (one, other) = (await CountAsync(account.One), await CountAsync(account.Other));
            Assert.True(one == other, $"{account}: {one} and {other}");
            Assert.True(account.Applied <= one && one <= account.Applied + account.Unknown, $"{account}: {one}");
            if (account.Delivery == DeliveryMode.ExactlyOnce) Assert.True(account.Unknown + account.DidNotRun == 0, $"{account}");
            Assert.True(account.Numbers.Distinct().Count() == account.Applied, $"{account}: a number was told twice");
        }

        async Task<long> CountAsync(string key) => (await probe.ExecuteAsync("GET", key)).OrThrow().AsInt64();
    }

    private static async Task MoreAsync(Account[] accounts)
    {
        var goals = accounts.Select(account => account.Applied + AppliedBefore).ToArray();
        using var limit = new CancellationTokenSource(Patience);
        while (accounts.Zip(goals).Any(each => each.First.Applied < each.Second)) await Task.Delay(10, limit.Token);
    }

    /// <summary>What the senders of one form under one delivery mode were told.</summary>
    private sealed class Account(string form, DeliveryMode delivery, Func<string, string, RedisCommand> make)
    {
        private readonly List<long> _numbers = [];
        private long _unknown;
        private long _other;

        public string One => $"{{{form}-{delivery}}}:1";

        public string Other => $"{{{form}-{delivery}}}:2";

        public DeliveryMode Delivery => delivery;

        public long Unknown => Interlocked.Read(ref _unknown);

        /// <summary>Told that it did not run.</summary>
        public long DidNotRun => Interlocked.Read(ref _other);

        public IReadOnlyCollection<long> Numbers => _numbers;

        public long Applied
        {
            get
            {
                lock (_numbers) return _numbers.Count;
            }
        }

        public async Task SendAsync(IActorRef redis, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var reply = await redis.ExecuteAsync(make(One, Other) with { Delivery = delivery }, CancellationToken.None);
                    var numbers = reply.Value.AsArray();
                    if (numbers is not [var one, var other] || one.AsInt64() != other.AsInt64()) throw new InvalidOperationException($"{this}: {reply.Value}");
                    lock (_numbers) _numbers.Add(one.AsInt64());
                }
                catch (RedisOutcomeException error)
                {
                    Interlocked.Increment(ref error.Outcome == Outcome.Unknown ? ref _unknown : ref _other);
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }

        public override string ToString() => $"{form}, {delivery}: {Applied} applied, {Unknown} unknown, {DidNotRun} other";
    }
}
