using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

/// <summary>What becomes of a transaction of which the server has refused a command.</summary>
public sealed class CommandLedgerTransactionTests
{
    private const string Aborted = "EXECABORT Transaction discarded because of previous errors.";

    private readonly CommandBench _bench = new();

    public CommandLedgerTransactionTests() => _bench.LinkUp();

    [Fact]
    public void It_is_sent_again_at_once_as_a_script_which_says_why()
    {
        var sent = _bench.AcceptTransaction("t", "INCR one", "INCR two");
        Assert.Equal(2, sent.Members!.Count);

        Assert.Equal(RefusalAction.SendAgain, _bench.Refuse(sent, Aborted));
        _bench.HandOver();

        Assert.Equal(["t", "t"], _bench.SentStates);
        Assert.Equal(("EVALSHA", null), (_bench.Last("t").Name, _bench.Last("t").Members));
        _bench.Last("t").Succeed(RespValue.BulkString("-OOM command not allowed when used memory > 'maxmemory'.\r\n"));
        Assert.Equal(["t Rejected"], _bench.Told);
    }

    [Fact]
    public void It_is_rejected_with_the_words_for_it_where_its_sender_may_not_run_the_script()
    {
        _bench.Refuse(_bench.AcceptTransaction("t", "INCR one"), Aborted);
        _bench.HandOver();

        _bench.Last("t").Reject("NOPERM this user has no permissions to run the 'evalsha' command");

        Assert.Equal(["t Rejected"], _bench.Told);
        Assert.Equal(Aborted, _bench.Sender.Failures.Single().ServerError);
    }

    [Fact]
    public void One_that_cannot_be_a_script_is_rejected_with_what_the_client_passes_on()
    {
        _bench.Refuse(_bench.AcceptTransaction("t", "INCR one", "EVAL text 0"), Aborted);

        Assert.Equal(["t Rejected"], _bench.Told);
    }

    [Fact]
    public void A_reason_that_comes_along_is_dealt_with_like_any_other()
    {
        var sent = _bench.AcceptTransaction("t", "INCR one");

        Assert.Equal(
            RefusalAction.Reconnect,
            _bench.Refuse(sent, "EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica."));
        Assert.Empty(_bench.Told);
    }

    /// <summary>Found by the simulation, seed 2588.</summary>
    [Fact]
    public void While_the_server_refuses_another_command_it_waits_and_holds_back_what_comes_behind_it()
    {
        var refused = _bench.Accept("x", "INCR other");
        var sent = _bench.AcceptTransaction("t", "INCR one", "INCR two");
        _bench.Refuse(refused);
        _bench.Refuse(sent, Aborted);
        _bench.HandOver();

        _bench.Accept("d", "INCR one");
        _bench.Accept("e", "INCR free");

        Assert.Equal(["x", "t", "e"], _bench.SentStates);
        Assert.NotNull(_bench.Retry());
        foreach (var state in new[] { "e", "x" }) _bench.Succeed(state);
        _bench.TakeSignals();
        Assert.Equal(["x", "t", "d"], _bench.SentStates.TakeLast(3));
    }
}
