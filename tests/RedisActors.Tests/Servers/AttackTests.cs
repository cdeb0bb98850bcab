using RedisActors.Attack;
using RedisActors.CommandMetadata;

namespace RedisActors.Tests.Servers;

/// <summary>Commands of every name with odd arguments beside honest senders; <c>eng/attack</c> does it for longer.</summary>
[Collection(nameof(AllProcessors))]
public sealed class AttackTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Whatever_is_sent_answers_are_true_and_honest_senders_lose_nothing()
    {
        const int Seed = 1;

        var report = await AttackRun.GoAsync(Seed, Time);

        Assert.True(report.IsClean, $"eng/attack --seed {Seed} --seconds 8: {report}\n{string.Join('\n', report.Findings)}");
        Assert.True(report.Commands > 100 && report.HonestCommands > 20, $"hardly anything was sent: {report}");
    }

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
    [InlineData(Outcome.Applied, DeliveryMode.WhenSafe, 0, 0L, "Applied")]
    [InlineData(Outcome.NotSent, DeliveryMode.WhenSafe, 0, 1L, "NotSent")]
    [InlineData(Outcome.Rejected, DeliveryMode.AtLeastOnce, 0, 1L, "Rejected")]
    [InlineData(Outcome.Unknown, DeliveryMode.ExactlyOnce, 0, 2L, "2 times")]
    [InlineData(Outcome.Applied, DeliveryMode.ExactlyOnce, 5, 1L, "is in database 5")]
    public void A_mark_about_which_the_sender_was_told_what_is_not_so_is_found(
        Outcome told, DeliveryMode delivery, int database, long times, string finding)
    {
        var account = new MarkAccount();
        account.Told(1, 0, delivery, told);

        Assert.Contains(account.FindFalse(new Dictionary<(int, int), long> { [(database, 1)] = times }), text => text.Contains(finding, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Outcome.Applied, DeliveryMode.WhenSafe, 1L)]
    [InlineData(Outcome.Applied, DeliveryMode.AtLeastOnce, 2L)]
    [InlineData(Outcome.Unknown, DeliveryMode.AtMostOnce, 1L)]
    [InlineData(Outcome.Unknown, DeliveryMode.AtMostOnce, 0L)]
    [InlineData(Outcome.NotSent, DeliveryMode.AtMostOnce, 0L)]
    public void A_mark_about_which_the_truth_was_told_is_not_found(Outcome told, DeliveryMode delivery, long times)
    {
        var account = new MarkAccount();
        account.Told(1, 0, delivery, told);

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
}
