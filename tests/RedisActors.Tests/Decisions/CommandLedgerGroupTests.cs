using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

/// <summary>Which exactly-once commands share a request, and what becomes of each when something happens to it.</summary>
public sealed class CommandLedgerGroupTests
{
    private readonly CommandBench _bench = new(groups: 4);

    public CommandLedgerGroupTests() => _bench.LinkUp();

    [Fact]
    public void The_first_is_sent_at_once_and_what_comes_until_it_is_answered_shares_a_request()
    {
        Accept("a", "b", "c");
        Assert.Equal(["a"], _bench.SentStates);

        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));
        _bench.TakeSignals();

        Assert.Equal(["a", "b+c"], Requests());
        _bench.Requests[1].Succeed(RespValue.BulkString("*2\r\n:2\r\n:3\r\n"));
        Assert.Equal(["a Applied", "b Applied", "c Applied"], _bench.Told);
    }

    [Fact]
    public void Where_more_requests_may_be_under_way_the_next_ones_gather_behind_so_many_and_go_when_the_first_is_answered()
    {
        var bench = new CommandBench(groups: 4, requests: 2);
        bench.LinkUp();
        foreach (var state in (string[])["a", "b", "c", "d"]) bench.Accept(state, delivery: DeliveryMode.ExactlyOnce);
        Assert.Equal(["a", "b"], bench.SentStates);

        bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));
        bench.TakeSignals();

        Assert.Equal(["a", "b", "c", "d"], bench.SentStates);
        Assert.Equal(3, bench.Requests.Count);
        bench.Accept("e", delivery: DeliveryMode.ExactlyOnce);
        Assert.Equal(3, bench.Requests.Count);
    }

    [Fact]
    public void As_many_as_may_share_a_request_do_not_wait()
    {
        Accept("a", "b", "c", "d", "e", "f");

        Assert.Equal(["a", "b+c+d+e"], Requests());
    }

    [Fact]
    public void A_large_one_does_not_wait_for_more()
    {
        Accept("a");
        _bench.Accept("b", $"APPEND key {new string('x', 9_900)}", DeliveryMode.ExactlyOnce);

        Assert.Equal(["a", "b"], Requests());
    }

    [Fact]
    public void What_reads_keeps_its_place_among_them()
    {
        Accept("a", "b");
        _bench.Accept("read", "GET key", DeliveryMode.ExactlyOnce);
        Accept("c", "d");

        Assert.Equal(["a", "b", "read", "c+d"], Requests());
    }

    [Theory]
    [InlineData("LPOP key")]
    [InlineData("SET key value GET")]
    [InlineData("SUNIONSTORE key key2")]
    public void One_whose_reply_or_time_has_no_bound_goes_alone(string line)
    {
        _bench.Accept("a", line, DeliveryMode.ExactlyOnce);
        _bench.Accept("b", line, DeliveryMode.ExactlyOnce);
        Accept("c");

        Assert.Equal(["a", "b"], Requests());
    }

    [Fact]
    public void Nobody_is_refused_for_want_of_room_to_wait_in()
    {
        var bench = new CommandBench(groups: 4, maxCount: 1);
        bench.LinkUp();

        foreach (var state in (string[])["a", "b", "c", "d"]) bench.Accept(state, delivery: DeliveryMode.ExactlyOnce);

        Assert.Empty(bench.Told);
    }

    [Fact]
    public void Those_whose_reply_was_lost_are_asked_for_again_together_with_their_token_and_the_ended_are_left_out()
    {
        Accept("a");
        _bench.Accept("b", delivery: DeliveryMode.ExactlyOnce, deadline: 100);
        Accept("c", "d", "e");
        var first = _bench.Requests[1].Arguments;

        foreach (var request in _bench.Requests) request.Fail(CommandBench.PerhapsSent);
        _bench.LinkLost();
        _bench.Ledger.Expire(100);
        _bench.LinkUp(now: 101);

        Assert.Equal(["a", "b+c+d+e", "a", "c+d+e"], Requests());
        Assert.Equal(ExactlyOnceRequest.TokenKeyOf(first), ExactlyOnceRequest.TokenKeyOf(_bench.Requests[3].Arguments));
        _bench.Requests[3].Succeed(RespValue.BulkString("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n"));
        _bench.Requests[2].Succeed(RespValue.BulkString(":9\r\n"));
        Assert.Equal(["b Unknown", "a Applied", "c Applied", "d Applied", "e Applied"], _bench.Told);
        Assert.Equal([9L, 2L, 3L, 4L], _bench.Sender.Replies.Select(reply => reply.Value.AsInt64()));
    }

    [Fact]
    public void What_certainly_was_not_sent_may_share_another_request()
    {
        Accept("a", "b", "c", "d", "e");
        foreach (var request in _bench.Requests) request.Fail(CommandBench.CertainlyNotSent);
        _bench.LinkLost();
        _bench.LinkUp();

        Assert.Equal(["a", "b+c+d+e", "a+b+c+d", "e"], Requests());
    }

    [Fact]
    public void A_probe_takes_along_what_it_shares_its_request_with()
    {
        Accept("a", "b", "c", "d", "e");
        foreach (var request in _bench.Requests) request.Fail(CommandBench.PerhapsSent);
        _bench.LinkLost();
        _bench.LinkUp();
        _bench.Requests[2].Succeed(RespValue.BulkString(":1\r\n"));
        _bench.Requests[3].Reject("LOADING Redis is loading the dataset in memory");
        _bench.GiveBack();

        _bench.Retry();

        Assert.Equal("b+c+d+e", Requests()[^1]);
    }

    [Fact]
    public void When_the_server_refuses_a_group_for_good_each_learns_the_reason_alone_and_there_are_no_more_groups()
    {
        Accept("a", "b", "c", "d", "e");
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));

        _bench.Requests[1].Reject("NOPERM this user has no permissions to access one of the keys used as arguments");

        Assert.Equal(RefusalAction.SendAgain, _bench.GiveBack());
        _bench.HandOver();
        Assert.Equal(["a", "b+c+d+e", "b", "c", "d", "e"], Requests());
        Accept("f", "g");
        Assert.Equal(["f", "g"], Requests()[^2..]);
    }

    [Fact]
    public void What_stands_behind_a_refused_one_is_sent_again_and_what_has_run_is_told()
    {
        Accept("a", "b", "c", "d", "e");
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));

        _bench.Requests[1].Succeed(RespValue.BulkString("*4\r\n:1\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n"
            + "-TRYAGAIN Multiple keys request during rehashing of slot\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n"));
        _bench.GiveBack();

        Assert.Equal(["a Applied", "b Applied"], _bench.Told);
        Assert.Equal(3, _bench.Ledger.Stashed);
        _bench.Retry();
        Assert.Equal("c", Requests()[^1]);
    }

    [Fact]
    public void Three_lost_links_in_a_row_end_those_that_shared_the_request_and_nobody_else()
    {
        Accept("a", "b", "c", "d", "e");
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));
        for (var i = 0; i < 3; i++)
        {
            _bench.Requests[^1].Fail(CommandBench.PerhapsSent);
            _bench.LinkLost();
            _bench.LinkUp();
        }

        Assert.Equal(["a Applied", "b Unknown", "c Unknown", "d Unknown", "e Unknown"], _bench.Told);
        Accept("f");
        Assert.Equal("f", Requests()[^1]);
    }

    [Fact]
    public void Those_with_tokens_of_their_senders_share_requests_with_their_like()
    {
        Accept("a", "b");
        AcceptOwn("c", "d");
        Accept("e");
        _bench.HandOver();

        Assert.Equal(["a", "b", "c+d", "e"], Requests());
        _bench.Requests[2].Succeed(RespValue.BulkString("*2\r\n:3\r\n-WRONGTYPE no\r\n"));
        _bench.Requests[1].Succeed(RespValue.BulkString(":2\r\n"));
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));
        Assert.Equal(["a Applied", "b Applied", "c Applied", "d Rejected"], _bench.Told);
    }

    [Fact]
    public void Those_with_tokens_of_their_senders_are_asked_for_again_one_by_one_with_their_tokens()
    {
        AcceptOwn("a", "b", "c", "d", "e");
        foreach (var request in _bench.Requests) request.Fail(CommandBench.PerhapsSent);
        _bench.LinkLost();
        _bench.LinkUp();

        Assert.Equal(["a", "b+c+d+e", "a", "b", "c", "d", "e"], Requests());
        Assert.All(
            _bench.Requests.Skip(2).Cast<PendingCommand>(),
            alone => Assert.EndsWith($"token-{alone.Command.State}", ExactlyOnceRequest.TokenKeyOf(alone.Arguments).ToString()));
    }

    [Fact]
    public void What_stands_behind_a_refused_one_with_its_own_token_is_sent_again_with_that()
    {
        AcceptOwn("a", "b", "c", "d", "e");
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));

        _bench.Requests[1].Succeed(RespValue.BulkString("*4\r\n:1\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n"
            + "-TRYAGAIN Multiple keys request during rehashing of slot\r\n:1\r\n"));
        _bench.GiveBack();

        _bench.Retry();
        _bench.Requests[2].Succeed(RespValue.BulkString(":1\r\n"));
        _bench.TakeSignals();
        Assert.Equal(["a", "b+c+d+e", "c", "d"], Requests());
        _bench.Requests[3].Succeed(RespValue.BulkString(":1\r\n"));
        Assert.Equal(["a Applied", "b Applied", "e Applied", "c Applied", "d Applied"], _bench.Told);
        Assert.EndsWith("token-c", ExactlyOnceRequest.TokenKeyOf(_bench.Requests[2].Arguments).ToString());
    }

    [Fact]
    public void A_sender_learns_that_a_token_of_its_own_may_go_if_no_copy_of_its_command_can_be_under_way()
    {
        AcceptOwn("a", "b", "c");
        _bench.HandOver();
        Assert.Equal(["a", "b+c"], Requests());
        _bench.Requests[0].Succeed(RespValue.BulkString(":1\r\n"));
        _bench.Requests[1].Succeed(RespValue.BulkString("*2\r\n:1\r\n-WRONGTYPE no\r\n"));

        Assert.Equal(["a", "b", "c"], _bench.Sender.MayGo.Select(token => token.State));
        Assert.All(_bench.Sender.MayGo, token => Assert.Equal(TokenKey.For("key", $"token-{token.State}").ToString(), token.Key));

        _bench.Accept("d", delivery: DeliveryMode.ExactlyOnce, token: "token-d", wasSentBefore: true);
        _bench.Requests[2].Succeed(RespValue.BulkString(":1\r\n"));
        Accept("e");
        _bench.Requests[3].Succeed(RespValue.BulkString(":1\r\n"));
        AcceptOwn("f");
        _bench.Requests[4].Fail(CommandBench.PerhapsSent);
        _bench.LinkLost();
        _bench.LinkUp();
        _bench.Requests[5].Succeed(RespValue.BulkString(":1\r\n"));
        Assert.Equal("f Applied", _bench.Told[^1]);
        Assert.Equal(3, _bench.Sender.MayGo.Count);
    }

    [Fact]
    public void The_number_follows_the_time_that_the_last_ones_took()
    {
        var size = new GroupSize(new GroupSettings(64, 1000, TimeSpan.FromMilliseconds(2)));

        size.Took(64, TimeSpan.FromMilliseconds(1));
        Assert.Equal(64, size.Count);
        size.Took(64, TimeSpan.FromMilliseconds(8));
        Assert.Equal(16, size.Count);
        size.Took(16, TimeSpan.FromSeconds(1));
        Assert.Equal(2, size.Count);
        size.Took(2, TimeSpan.FromMicroseconds(2));
        Assert.Equal(4, size.Count);
        size.Took(4, TimeSpan.Zero);
        Assert.Equal(8, size.Count);
    }

    private void Accept(params string[] states)
    {
        foreach (var state in states) _bench.Accept(state, delivery: DeliveryMode.ExactlyOnce);
    }

    /// <summary>Each with a token of its sender's.</summary>
    private void AcceptOwn(params string[] states)
    {
        foreach (var state in states) _bench.Accept(state, delivery: DeliveryMode.ExactlyOnce, token: $"token-{state}");
    }

    /// <summary>What was sent, a request each, with the commands that it asks for.</summary>
    private List<string> Requests() => [.. _bench.Requests.Select(request => request switch
    {
        GroupRequest group => string.Join('+', group.Recipients.Select(each => each.Command.State)),
        PendingCommand single => $"{single.Command.State}",
        _ => request.Name,
    })];
}
