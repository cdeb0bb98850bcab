namespace RedisActors.Tests.Decisions;

/// <summary>What may have run is never told Rejected or NotSent, and what is told says why.</summary>
public sealed class CommandLedgerRejectionTests
{
    private const string NoPermission = "NOPERM this user has no permissions to run the 'set' command";

    private readonly CommandBench _bench = new();

    [Theory]
    [InlineData("SET key value", DeliveryMode.WhenSafe, Outcome.Unknown)]
    [InlineData("INCR key", DeliveryMode.AtLeastOnce, Outcome.Unknown)]
    [InlineData("INCR key", DeliveryMode.ExactlyOnce, Outcome.Unknown)]
    [InlineData("GET key", DeliveryMode.WhenSafe, Outcome.Rejected)]
    public void A_replay_that_the_server_refuses_ends_with_what_is_true_of_the_first_attempt(
        string line, DeliveryMode delivery, Outcome expected)
    {
        _bench.LinkUp();
        _bench.Accept("a", line, delivery);
        _bench.LinkLost();
        _bench.LinkUp();

        _bench.Last("a").Reject(NoPermission);

        Assert.Equal([$"a {expected}"], _bench.Told);
    }

    [Fact]
    public void A_first_attempt_that_the_server_refuses_is_rejected()
    {
        _bench.LinkUp();

        _bench.Accept("a", "SET key value").Reject(NoPermission);

        Assert.Equal(["a Rejected"], _bench.Told);
    }

    /// <summary>The script answers for the one execution that there was, whichever request brought it about.</summary>
    [Fact]
    public void An_error_that_the_script_kept_is_a_rejection_however_often_the_command_was_sent()
    {
        _bench.LinkUp();
        _bench.Accept("a", delivery: DeliveryMode.ExactlyOnce);
        _bench.LinkLost();
        _bench.LinkUp();

        _bench.Last("a").Succeed(RespValue.BulkString("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"));

        Assert.Equal(["a Rejected"], _bench.Told);
    }

    [Fact]
    public void A_timeout_says_what_the_command_waited_for()
    {
        const string Busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
        _bench.Accept("no link", deadline: 10);
        _bench.Ledger.Expire(10);
        _bench.LinkUp();
        _bench.Refuse(_bench.Accept("refused", deadline: 20), Busy);
        _bench.Accept("behind", deadline: 20);
        _bench.Ledger.Expire(20);

        Assert.Collection(
            _bench.Sender.Failures,
            failure => Assert.Contains("while it waited for a connection", failure.Message),
            failure => Assert.Contains($"while the server refused it for the time being ({Busy})", failure.Message),
            failure => Assert.Contains($"while it waited behind a command that the server refused for the time being ({Busy})", failure.Message));
    }

    [Fact]
    public void A_sender_that_cannot_be_told_hurts_nobody_else()
    {
        _bench.LinkUp();
        _bench.Accept("a");
        _bench.Accept("b");
        _bench.Accept("c");
        _bench.Sender.ThrowAt = "b";

        foreach (var state in "abc") _bench.Succeed(state.ToString());

        Assert.Equal(["a Applied", "c Applied"], _bench.Told);
        Assert.Equal(0, _bench.Ledger.InFlight);
    }
}
