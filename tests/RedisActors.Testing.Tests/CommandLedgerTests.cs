using System.Diagnostics;

namespace RedisActors.Testing.Tests;

public sealed class CommandLedgerTests
{
    private readonly CommandLedger _ledger = new();

    private LedgerCounter Counter => _ledger.Counter("n");

    [Fact]
    public void What_was_told_and_what_the_server_has_agree()
    {
        for (var i = 1; i <= 3; i++) Counter.Sent().Applied(i);
        Counter.Sent().Rejected();
        Counter.Sent().NotSent();
        Counter.Sent().Unknown();
        Counter.Sent().Unknown();

        var summary = Compare(4);
        Assert.True(summary.IsClean);
        Assert.Equal(
            "ledger sent=7 applied=3 rejected=1 not_sent=1 unknown=2 server=4 lost=0 duplicated=0 unanswered=0 recovery_ms_max=0",
            summary.ToString());
    }

    [Fact]
    public void A_command_told_as_applied_that_the_server_does_not_have_is_lost()
    {
        for (var i = 1; i <= 3; i++) Counter.Sent().Applied(i);

        Assert.Equal(1, Compare(2).Lost);
        Assert.Equal(0, Compare(2).Duplicated);
        Assert.Equal(3, _ledger.Compare(new Dictionary<string, long>()).Lost);
    }

    [Fact]
    public void A_loss_is_seen_behind_a_command_of_unknown_fate()
    {
        Counter.Sent().Applied(1);
        Counter.Sent().Applied(2);
        Counter.Sent().Unknown();
        Counter.Sent().Applied(2);

        var summary = Compare(3);
        Assert.Equal(1, summary.Lost);
        Assert.Equal(0, summary.Duplicated);
    }

    [Fact]
    public void Without_values_only_the_sums_can_be_compared()
    {
        for (var i = 0; i < 3; i++) Counter.Sent().Applied();

        Assert.Equal(1, Compare(2).Lost);
        Assert.True(Compare(3).IsClean);
        Assert.Equal(1, Compare(4).Duplicated);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(70, 67)]
    public void What_commands_of_unknown_fate_cannot_explain_is_duplicated(long server, long duplicated)
    {
        Counter.Sent().Applied(1);
        Counter.Sent().Applied(2);
        Counter.Sent().Unknown();
        Counter.Sent().NotSent();

        Assert.Equal(duplicated, Compare(server).Duplicated);
        Assert.Equal(0, Compare(server).Lost);
    }

    [Fact]
    public void An_unanswered_command_may_have_been_applied_and_duplicates_nothing()
    {
        Counter.Sent().Applied(1);
        Counter.Sent();

        Assert.Equal((0, 0, 1), (Compare(2).Duplicated, Compare(2).Lost, Compare(2).Unanswered));
        Assert.Equal(1, Compare(3).Duplicated);
    }

    [Fact]
    public void A_duplicate_on_one_counter_does_not_make_up_for_a_loss_on_another()
    {
        _ledger.Counter("a").Sent().Applied(1);
        _ledger.Counter("b").Sent().Applied(1);

        var summary = _ledger.Compare(new Dictionary<string, long> { ["a"] = 0, ["b"] = 2 });
        Assert.Equal((1, 1, 2), (summary.Lost, summary.Duplicated, summary.Server));
    }

    [Fact]
    public void A_command_without_an_answer_is_unanswered_and_one_with_two_is_noticed()
    {
        Counter.Sent();
        var twice = Counter.Sent();
        twice.Applied(1);
        twice.Unknown();

        var summary = Compare(1);
        Assert.Equal((1, 1, 0), (summary.Unanswered, summary.AnsweredAgain, summary.Unknown));
        Assert.Equal(1, _ledger.Unanswered);
        Assert.False(summary.IsClean);
    }

    [Fact]
    public void Values_that_no_counter_has_are_losses()
    {
        Counter.Sent().Applied(0);
        Counter.Sent().Applied(long.MaxValue);
        Counter.Sent().Applied(64);
        Counter.Sent().Applied(63);

        Assert.Equal(2, Compare(64).Lost);
        Assert.Equal(3, Compare(63).Lost);
        Assert.Equal(4, Compare(62).Lost);
    }

    [Fact]
    public async Task A_recovery_ends_with_the_first_command_told_as_applied()
    {
        var entry = Counter.Sent();
        Counter.Sent().Applied(1);
        var recovery = _ledger.AwaitRecovery("kill", Stopwatch.GetTimestamp());
        Counter.Sent().Unknown();
        Assert.False(recovery.Done.IsCompleted);

        entry.Applied(2);
        var took = await recovery.Done;
        Assert.Equal(took, recovery.Elapsed);
        Assert.Equal([took], Compare(2).RecoveryTimes);
        Counter.Sent().Applied(3);
        Assert.Equal(took, recovery.Elapsed);
    }

    [Fact]
    public void A_recovery_can_leave_out_what_was_sent_before_it()
    {
        var before = Counter.Sent();
        var now = Stopwatch.GetTimestamp();
        var recovery = _ledger.AwaitRecovery("client-kill", since: now, sentSince: now);
        before.Applied(1);
        Assert.False(recovery.Done.IsCompleted);

        Counter.Sent().Applied(2);
        Assert.True(recovery.Done.IsCompleted);
    }

    [Fact]
    public void A_recovery_that_never_came_is_as_long_as_it_has_been_awaited()
    {
        _ledger.AwaitRecovery("kill", Stopwatch.GetTimestamp() - (2 * Stopwatch.Frequency));

        Assert.True(Assert.Single(Compare(0).RecoveryTimes) >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Many_threads_tell_one_ledger()
    {
        var value = 0L;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var entry = Counter.Sent();
                if (i % 10 == 0) entry.Unknown();
                else entry.Applied(Interlocked.Increment(ref value));
            }
        })));

        var summary = Compare(value);
        Assert.Equal((200_000, 180_000, 20_000), (summary.Sent, summary.Applied, summary.Unknown));
        Assert.True(summary.IsClean);
    }

    private LedgerSummary Compare(long server) => _ledger.Compare(new Dictionary<string, long> { ["n"] = server });
}
