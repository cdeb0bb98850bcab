using System.Text;
using Akka.Actor;
using RedisActors.Attack;
using RedisActors.CommandMetadata;

namespace RedisActors.Tests.Servers;

/// <summary>Commands of every name with odd arguments beside honest senders; <c>eng/attack</c> does it for longer.</summary>
[Collection(nameof(AllProcessors))]
public sealed class AttackTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Whatever_is_sent_answers_are_true_and_honest_senders_lose_nothing()
    {
        const int Seed = 1;

        var report = await AttackRun.GoAsync(Seed, Time);

        Assert.True(report.IsClean, $"eng/attack --seed {Seed} --seconds 6: {report}\n{string.Join('\n', report.Findings)}");
        Assert.True(report.Commands > 100 && report.HonestCommands > 20, $"hardly anything was sent: {report}");
    }

    [Theory]
    [InlineData(Lie.AppliedInAnotherDatabase)]
    [InlineData(Lie.RanTwice)]
    [InlineData(Lie.ToldNotSent)]
    [InlineData(Lie.ToldTwice)]
    [InlineData(Lie.NotTold)]
    public async Task A_RedisActor_that_lies_is_found(Lie lie)
    {
        // How much is sent in a time depends on what else the machine does.
        var (report, found) = (default(AttackReport)!, 0L);
        for (var time = TimeSpan.FromMilliseconds(500); found == 0 && time < TimeSpan.FromSeconds(10); time *= 4)
        {
            report = await AttackRun.GoAsync(1, time, redis => Props.Create(() => new LyingRedis(redis, lie)));
            found = lie switch
            {
                Lie.AppliedInAnotherDatabase => report.HonestLost,
                Lie.RanTwice => report.HonestDuplicated,
                Lie.NotTold => report.Unanswered,
                _ => report.False,
            };
        }

        Assert.True(found > 0, $"{report}");
        if (lie == Lie.ToldTwice) Assert.Contains("a command was answered twice", report.Findings);
        Assert.False(report.IsClean);
    }

    [Theory]
    [InlineData(" 1", " 1", true)]
    [InlineData("00", "00", true)]
    [InlineData("", "", true)]
    [InlineData("1", " 1", false)]
    [InlineData("00", "0", false)]
    public void Replies_are_compared_by_their_bytes(string sent, string replied, bool same) =>
        Assert.Equal(same, AttackRun.HasBytesOf(Encoding.UTF8.GetBytes(replied), sent));

    [Fact]
    public void The_same_seed_gives_the_same_commands()
    {
        var one = new OddCommands(7);
        var other = new OddCommands(7);

        for (var i = 0; i < 1000; i++)
        {
            var (name, arguments) = one.Next();
            var (sameName, sameArguments) = other.Next();
            Assert.Equal(name, sameName);
            Assert.Equal(arguments, sameArguments);
        }
    }

    [Fact]
    public void All_names_of_the_table_come_but_those_that_are_excluded_with_a_reason()
    {
        var odd = new OddCommands(1);
        var come = Enumerable.Range(0, 50_000).Select(_ => odd.Next().Name).ToHashSet();

        var missing = CommandTable.Rows.SelectMany(row => row.Names.Split(' ')).Select(name => name.Split('|')[0]).Where(name => !come.Contains(name));

        Assert.Equal(OddCommands.Excluded.Keys.Where(name => !name.Contains('|', StringComparison.Ordinal)).Order(), missing.Distinct().Order());
    }

    [Theory]
    [InlineData("HINCRBY", Outcome.Applied, DeliveryMode.WhenSafe, 0, 0L, "Applied")]
    [InlineData("HINCRBY", Outcome.NotSent, DeliveryMode.WhenSafe, 0, 1L, "NotSent")]
    [InlineData("HINCRBY", Outcome.Rejected, DeliveryMode.AtLeastOnce, 0, 1L, "Rejected")]
    [InlineData("HINCRBY", Outcome.Unknown, DeliveryMode.ExactlyOnce, 0, 2L, "2 times")]
    [InlineData("HINCRBY", Outcome.Applied, DeliveryMode.ExactlyOnce, 5, 1L, "is in database 5")]
    [InlineData("EVAL", Outcome.Rejected, DeliveryMode.AtLeastOnce, 0, 2L, "2 times")]
    [InlineData("EVAL", Outcome.NotSent, DeliveryMode.AtMostOnce, 0, 1L, "NotSent")]
    public void A_mark_about_which_the_sender_was_told_what_is_not_so_is_found(
        string name, Outcome told, DeliveryMode delivery, int database, long times, string finding)
    {
        var account = new MarkAccount();
        account.Told(1, new RedisCommand(name, MarkAccount.Hash) { Delivery = delivery }, told);

        Assert.Contains(account.FindFalse(new Dictionary<(int, int), long> { [(database, 1)] = times }), text => text.Contains(finding, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HINCRBY", Outcome.Applied, DeliveryMode.WhenSafe, 1L)]
    [InlineData("HINCRBY", Outcome.Applied, DeliveryMode.AtLeastOnce, 2L)]
    [InlineData("HINCRBY", Outcome.Unknown, DeliveryMode.AtMostOnce, 1L)]
    [InlineData("HINCRBY", Outcome.Unknown, DeliveryMode.AtMostOnce, 0L)]
    [InlineData("HINCRBY", Outcome.NotSent, DeliveryMode.AtMostOnce, 0L)]
    [InlineData("EVAL", Outcome.Rejected, DeliveryMode.AtMostOnce, 1L)]
    public void A_mark_about_which_the_truth_was_told_is_not_found(string name, Outcome told, DeliveryMode delivery, long times)
    {
        var account = new MarkAccount();
        account.Told(1, new RedisCommand(name, MarkAccount.Hash) { Delivery = delivery }, told);

        Assert.Empty(account.FindFalse(new Dictionary<(int, int), long> { [(0, 1)] = times }));
    }

    [Fact]
    public void A_counter_knows_what_is_lost_what_is_doubled_and_what_it_cannot_have_had()
    {
        var counter = new HonestCounter();
        counter.OnApplied(1);
        counter.OnUnknown();
        counter.OnApplied(3);

        Assert.Equal((0L, 0L), (counter.LostAt(2), counter.DuplicatedAt(3)));
        Assert.Equal((1L, 1L), (counter.LostAt(1), counter.DuplicatedAt(4)));
        Assert.Equal(0, counter.Wrong);
        counter.OnApplied(5);
        Assert.Equal(1, counter.Wrong);
    }

    [Fact]
    public void A_list_knows_what_is_lost_what_is_doubled_and_what_is_out_of_order()
    {
        var list = new HonestList();
        foreach (var outcome in new[] { Outcome.Applied, Outcome.Unknown, Outcome.NotSent, Outcome.Applied }) list.OnTold(outcome);

        Assert.Equal((0L, 0L, 0L), Found(0, 3));
        Assert.Equal((0L, 0L, 0L), Found(0, 1, 3));
        Assert.Equal((1L, 0L, 0L), Found(0));
        Assert.Equal((0L, 1L, 0L), Found(0, 1, 1, 3));
        Assert.Equal((0L, 1L, 0L), Found(0, 2, 3));
        Assert.Equal((0L, 0L, 1L), Found(1, 0, 3));
        Assert.Equal(1, list.Unknown);

        (long Lost, long Duplicated, long Misplaced) Found(params int[] there) =>
            (list.LostFrom(there), list.DuplicatedIn(there), HonestList.MisplacedIn(there));
    }

    /// <summary>What is not so about every third write that can be looked up.</summary>
    public enum Lie
    {
        AppliedInAnotherDatabase,
        RanTwice,
        ToldNotSent,
        ToldTwice,
        NotTold,
    }

    private sealed class LyingRedis : ReceiveActor
    {
        private int _writes;

        public LyingRedis(IActorRef redis, Lie lie) => Receive<RedisCommand>(command =>
        {
            if (command.Name is not ("INCR" or "RPUSH" or "HINCRBY") || command.IdempotencyKey is not null || _writes++ % 3 != 0)
            {
                redis.Tell(command, Sender);
                return;
            }

            var sender = Sender;
            switch (lie)
            {
                case Lie.AppliedInAnotherDatabase:
                    redis.Tell(command with { Database = 7 }, sender);
                    break;
                case Lie.RanTwice:
                    redis.Tell(command, ActorRefs.NoSender);
                    redis.Tell(command, sender);
                    break;
                case Lie.ToldNotSent:
                    redis.Tell(command, ActorRefs.NoSender);
                    sender.Tell(new Status.Failure(new RedisOutcomeException(Outcome.NotSent, command, "a lie")));
                    break;
                case Lie.ToldTwice:
                    redis.ExecuteAsync(command).ContinueWith(
                        told =>
                        {
                            object answer = told.Exception is { } failure ? new Status.Failure(failure.InnerException!) : told.Result;
                            sender.Tell(answer);
                            sender.Tell(answer);
                        },
                        TaskScheduler.Default);
                    break;
                default:
                    // An honest sender would wait for its 30 s.
                    if (command.Timeout > TimeSpan.FromSeconds(4)) redis.Tell(command, sender);
                    break;
            }
        });
    }
}
