namespace RedisActors.Tests.Decisions;

/// <summary>A command that ends every connection does not take it from the others for long.</summary>
public sealed class CommandLedgerSuspectTests
{
    private readonly CommandBench _bench = new();

    [Fact]
    public void What_was_in_flight_at_two_losses_in_a_row_is_sent_alone()
    {
        LoseTwoLinksWith("poison", "other");

        Assert.Equal(["poison"], _bench.SentStates);
        _bench.Accept("new");
        Assert.Equal(["poison"], _bench.SentStates);
    }

    [Fact]
    public void It_is_answered_when_a_third_link_is_lost_and_the_others_go_on()
    {
        LoseTwoLinksWith("poison", "other");
        _bench.Accept("new");

        LoseLink();

        Assert.Equal(["poison Unknown"], _bench.Told);
        Assert.Equal(["other"], _bench.SentStates);
        Answer("other");
        Assert.Equal(["other", "new"], _bench.SentStates);
        Answer("new");
        Assert.Equal(["poison Unknown", "other Applied", "new Applied"], _bench.Told);
    }

    [Fact]
    public void One_that_is_answered_was_wrongly_suspected_and_holds_up_nobody()
    {
        LoseTwoLinksWith("a", "b");

        Answer("a");
        Assert.Equal(["a", "b"], _bench.SentStates);
        Answer("b");
        _bench.Accept("c");

        Assert.Equal(["a", "b", "c"], _bench.SentStates);
        Assert.Equal(["a Applied", "b Applied"], _bench.Told);
    }

    [Fact]
    public void What_certainly_was_not_sent_did_not_end_the_link()
    {
        _bench.LinkUp();
        _bench.Accept("a", delivery: DeliveryMode.AtLeastOnce);
        for (var links = 0; links < 5; links++)
        {
            _bench.Last("a").Fail(CommandBench.CertainlyNotSent);
            LoseLink();
        }

        Assert.Equal(["a"], _bench.SentStates);
        Assert.Empty(_bench.Told);
    }

    [Fact]
    public void One_that_is_refused_for_the_time_being_is_retried_alone_too()
    {
        LoseTwoLinksWith("poison");
        _bench.Refuse(_bench.Last("poison"));

        _bench.Retry();
        LoseLink();

        Assert.Equal(["poison Unknown"], _bench.Told);
    }

    private void LoseTwoLinksWith(params string[] states)
    {
        _bench.LinkUp();
        foreach (var state in states) _bench.Accept(state, delivery: DeliveryMode.AtLeastOnce);
        LoseLink();
        LoseLink();
    }

    private void LoseLink()
    {
        _bench.LinkLost();
        _bench.Sent.Clear();
        _bench.LinkUp();
    }

    private void Answer(string state)
    {
        _bench.Succeed(state);
        _bench.TakeSignals();
    }
}
