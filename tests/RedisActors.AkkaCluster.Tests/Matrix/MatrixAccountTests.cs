using RedisActors.ClusterMatrix;

namespace RedisActors.AkkaCluster.Tests.Matrix;

/// <summary>What <c>eng/cluster-matrix</c> compares: each wrong list, and each wrong answer, has to be seen.</summary>
public sealed class MatrixAccountTests
{
    private readonly ListLedger _ledger = new("list");

    [Fact]
    public void A_list_as_it_was_told_is_clean()
    {
        Apply(1, 2, 3);

        Assert.Equal(new ListAccount { Sent = 3, Applied = 3 }, Compare("1", "2", "3"));
    }

    [Fact]
    public void A_loss_is_seen()
    {
        Apply(1, 2, 3);

        Assert.Equal(1, Compare("1", "2").Lost);
    }

    [Fact]
    public void A_loss_is_seen_though_another_command_ran_twice()
    {
        Apply(1, 2, 3);

        var account = Compare("1", "2", "1");

        Assert.Equal((1, 1), (account.Lost, account.Doubled));
    }

    [Theory]
    [InlineData("1 1 2 3")]
    [InlineData("1 2 3 2")]
    [InlineData("1 2 3 4")]
    [InlineData("1 2 3 x")]
    public void What_ran_more_often_than_it_was_sent_is_seen(string list)
    {
        Apply(1, 2, 3);

        Assert.Equal(1, Compare(list.Split(' ')).Doubled);
    }

    [Theory]
    [InlineData("1 3 2", 1)]
    [InlineData("2 3 1", 1)]
    [InlineData("3 2 1", 2)]
    [InlineData("1 2 3 1", 0)]
    public void Disorder_is_seen(string list, int disordered)
    {
        Apply(1, 2, 3);

        Assert.Equal(disordered, Compare(list.Split(' ')).OutOfOrder);
    }

    [Theory]
    [InlineData(Outcome.NotSent)]
    [InlineData(Outcome.Rejected)]
    public void A_command_that_ran_though_told_otherwise_is_seen(Outcome outcome)
    {
        Apply(1);
        _ledger.ToldFailed(_ledger.Send(), outcome);

        Assert.Equal(1, Compare("1", "2").RanUntold);
        Assert.Equal(0, Compare("1").RanUntold);
    }

    [Fact]
    public void Of_unknown_commands_those_that_ran_are_counted()
    {
        _ledger.ToldFailed(_ledger.Send(), Outcome.Unknown);
        _ledger.ToldFailed(_ledger.Send(), Outcome.Unknown);

        Assert.Equal(new ListAccount { Sent = 2, Unknown = 2, UnknownRan = 1 }, Compare("2"));
    }

    [Fact]
    public void A_command_without_an_answer_is_seen()
    {
        Apply(1);
        _ledger.Send();

        Assert.Equal(1, _ledger.Unanswered);
        Assert.Equal(1, Compare("1").Unanswered);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public void A_reply_that_tells_another_place_is_seen(long told)
    {
        Apply(1);
        _ledger.ToldApplied(_ledger.Send(), told);

        Assert.Equal(1, Compare("1", "2").WrongReplies);
    }

    [Fact]
    public void A_second_answer_is_seen()
    {
        Apply(1);
        _ledger.ToldFailed(1, Outcome.Unknown);

        Assert.Equal(new ListAccount { Sent = 1, Applied = 1, WrongReplies = 1 }, Compare("1"));
    }

    /// <summary>In these modes and only in these.</summary>
    [Theory]
    [InlineData("lost", "exactly-once at-least-once when-safe at-most-once entities")]
    [InlineData("doubled", "exactly-once when-safe at-most-once entities")]
    [InlineData("unanswered", "exactly-once at-least-once when-safe at-most-once entities")]
    [InlineData("out of order", "exactly-once when-safe at-most-once")]
    [InlineData("ran, told otherwise", "exactly-once at-least-once when-safe at-most-once entities")]
    [InlineData("wrong replies", "exactly-once at-least-once when-safe at-most-once entities")]
    public void A_broken_promise_is_marked(string column, string modes)
    {
        var bad = column switch
        {
            "lost" => new ListAccount { Lost = 7 },
            "doubled" => new ListAccount { Doubled = 7 },
            "unanswered" => new ListAccount { Unanswered = 7 },
            "out of order" => new ListAccount { OutOfOrder = 7 },
            "ran, told otherwise" => new ListAccount { RanUntold = 7 },
            _ => new ListAccount { WrongReplies = 7 },
        };
        foreach (var mode in MatrixTable.Modes.Append(MatrixTable.Entities))
        {
            RowResult[] rows = [new("killed", "role") { Modes = new() { [mode] = bad } }];
            var isPromised = modes.Split(' ').Contains(mode);

            Assert.Equal(isPromised ? [column] : [], MatrixTable.Broken(rows[0]));
            Assert.Equal(!isPromised, MatrixTable.IsClean(rows));
            Assert.Contains(isPromised ? "| **7 ✗** |" : "| 7 |", MatrixTable.ToMarkdown(rows));
        }
    }

    [Fact]
    public void Two_holders_and_a_row_that_failed_are_no_success()
    {
        Assert.False(MatrixTable.IsClean([new("killed", "local") { Holdings = 2, Violations = ["Two holders"] }]));
        Assert.False(MatrixTable.IsClean([new("killed", "local") { Failure = "not within 60 s" }]));
        Assert.True(MatrixTable.IsClean([new("killed", "local") { Holdings = 2 }]));
    }

    [Fact]
    public void Rows_replace_those_of_before_and_nothing_else()
    {
        const string Document = "before\n<!-- cluster-matrix -->\nold\n<!-- /cluster-matrix -->\nafter\n";
        (string, string)[] order = [("killed", "role"), ("killed", "local"), ("leaves", "role")];
        RowResult[] rows = [new("leaves", "role"), new("killed", "role"), new("killed", "local") { Skipped = "it needs a network" }];
        RowResult[] again = [new("killed", "role") { Holdings = 7 }];

        var once = MatrixTable.Replace(Document, rows, order);
        var twice = MatrixTable.Replace(once, again, order);

        Assert.Equal($"before\n<!-- cluster-matrix -->\n\n{MatrixTable.ToMarkdown([rows[1], rows[0]])}\n<!-- /cluster-matrix -->\nafter\n", once);
        Assert.Equal(once, MatrixTable.Replace(once, rows, order));
        Assert.Equal(once.Replace(MatrixTable.ToMarkdown([rows[1], rows[0]]), MatrixTable.ToMarkdown([again[0], rows[0]])), twice);
        Assert.Throws<InvalidOperationException>(() => MatrixTable.Replace("no comments", rows, order));
    }

    private void Apply(params long[] lengths)
    {
        foreach (var length in lengths) _ledger.ToldApplied(_ledger.Send(), length);
    }

    private ListAccount Compare(params string[] list) => _ledger.Compare(list);
}
