using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>Which node gets which command, and what becomes of the commands of a node that is lost.</summary>
public sealed class RemoteLedgerTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(60);

    private readonly Calls _calls = new();
    private readonly RemoteNode _one = Node("one");
    private readonly RemoteNode _other = Node("other");
    private readonly RemoteLedger _ledger;
    private long _now = 1000;

    public RemoteLedgerTests() => _ledger = new RemoteLedger(maxUnanswered: 5, Keep, grace: TimeSpan.FromSeconds(1), _calls);

    [Fact]
    public void Commands_wait_for_a_node_and_go_to_it_in_their_order()
    {
        Accept("INCR a", "INCR a", "INCR b");
        Assert.Empty(_calls.Sent);

        _ledger.Join(_one, _now);

        Assert.Equal(3, _calls.Sent.Count);
        Assert.True(_calls.AttemptOf(0) < _calls.AttemptOf(1));
    }

    [Fact]
    public void A_command_past_its_deadline_that_no_node_had_is_not_sent()
    {
        Accept("INCR a");
        _now += 30_000;
        _ledger.Expire(_now);

        Assert.Equal([Outcome.NotSent], _calls.Outcomes);
        Assert.Equal(0, _ledger.Unanswered);
    }

    [Fact]
    public void A_command_that_its_sender_gives_up_while_it_waits_goes_to_no_node()
    {
        var sender = new FickleSender();
        _ledger.Accept(new RemoteCommand(new RedisCommand("INCR", "a"), sender, DeliveryMode.AtLeastOnce, null, long.MaxValue), _now);
        Accept("INCR a");
        sender.HasGivenUp = true;

        _ledger.Join(_one, _now);

        Assert.Single(_calls.Sent);
        Assert.Equal([Outcome.NotSent], _calls.Outcomes);
        Assert.Equal(1, _ledger.Unanswered);
    }

    [Fact]
    public void A_command_that_its_sender_gives_up_goes_to_no_other_node_when_its_own_is_lost()
    {
        var sender = new FickleSender();
        _ledger.Join(_one, _now);
        _ledger.Accept(new RemoteCommand(new RedisCommand("INCR", "a"), sender, DeliveryMode.AtLeastOnce, null, long.MaxValue), _now);
        sender.HasGivenUp = true;
        _ledger.Join(_other, _now);

        _ledger.Lost(_one, _now);

        Assert.Single(_calls.Sent);
        Assert.Equal([Outcome.Unknown], _calls.Outcomes);
        Assert.Equal(0, _ledger.Unanswered);
    }

    [Fact]
    public void A_node_that_has_the_command_gets_a_grace_period_and_then_the_outcome_is_unknown()
    {
        _ledger.Join(_one, _now);
        Accept("INCR a");
        _now += 30_500;
        _ledger.Expire(_now);
        Assert.Empty(_calls.Outcomes);

        _now += 500;
        _ledger.Expire(_now);
        Assert.Equal([Outcome.Unknown], _calls.Outcomes);
    }

    [Fact]
    public void Commands_beyond_max_unanswered_are_not_sent()
    {
        Accept("INCR a", "INCR b", "INCR c", "INCR d", "INCR e", "INCR f");
        Assert.Equal([Outcome.NotSent], _calls.Outcomes);
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce, "GET a", false)]
    [InlineData(DeliveryMode.WhenSafe, "GET a", true)]
    [InlineData(DeliveryMode.WhenSafe, "SET a 1", false)]
    [InlineData(DeliveryMode.WhenSafe, "INCR a", false)]
    [InlineData(DeliveryMode.AtLeastOnce, "INCR a", true)]
    [InlineData(DeliveryMode.ExactlyOnce, "INCR a", true)]
    public void When_its_node_is_lost_a_command_is_sent_elsewhere_or_ends_as_unknown(DeliveryMode delivery, string command, bool elsewhere)
    {
        _ledger.Join(_one, _now);
        Accept(delivery, command);
        _ledger.Join(_other, _now);

        _ledger.Lost(_one, _now);

        Assert.Equal(elsewhere ? [_one, _other] : [_one], _calls.Sent.Select(sent => sent.Node));
        Assert.Equal(elsewhere ? [] : [Outcome.Unknown], _calls.Outcomes);
    }

    [Fact]
    public void A_command_is_sent_elsewhere_with_the_same_token()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        _ledger.Join(_other, _now);
        _ledger.Lost(_one, _now);

        Assert.Equal(_calls.Sent[0].Command.IdempotencyKey, _calls.Sent[1].Command.IdempotencyKey);
    }

    [Fact]
    public void A_node_is_told_whether_the_one_before_may_have_had_the_command_executed()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        _ledger.Join(_other, _now);
        _ledger.Returned(_calls.AttemptOf(0), _now);
        _ledger.Lost(_calls.Sent[1].Node, _now);

        Assert.Equal([false, false, true], _calls.Sent.Select(sent => sent.Command.WasSentBefore));
    }

    [Fact]
    public void A_node_keeps_the_tokens_of_what_is_sent_elsewhere_and_of_what_its_sender_gave_one()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        _ledger.Accept(
            new RemoteCommand(new RedisCommand("INCR", "a") { IdempotencyKey = "own" }, ActorRefs.Nobody, DeliveryMode.ExactlyOnce, "own", long.MaxValue), _now);
        Assert.Equal(0, _one.Channel.KeepsUpTo);
        _ledger.Join(_other, _now);

        _one.IsReachable = false;
        _ledger.Changed(_now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");

        Assert.Equal([_one, _one, _other, _other, _other], _calls.Sent.Select(sent => sent.Node));
        Assert.Equal([true, false, false, false, true], _calls.TokensMayGo);
        Assert.Equal(_calls.AttemptOf(1), _one.Channel.KeepsUpTo);
        Assert.Equal(0, _other.Channel.KeepsUpTo);
    }

    [Fact]
    public void A_token_is_not_relied_on_for_longer_than_it_is_kept()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a", TimeSpan.FromHours(1));
        Assert.Equal(_now + (long)(Keep * 0.9).TotalMilliseconds, _calls.Sent[0].Until);
        _ledger.Join(_other, _now);

        _now += (long)Keep.TotalMilliseconds;
        _ledger.Lost(_one, _now);

        Assert.Single(_calls.Sent);
        Assert.Equal([Outcome.Unknown], _calls.Outcomes);
    }

    [Fact]
    public void From_an_unreachable_node_all_commands_of_a_slot_move_or_none()
    {
        _ledger.Join(_one, _now);
        Accept("INCR a");
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        Accept(DeliveryMode.ExactlyOnce, "INCR b");
        _ledger.Join(_other, _now);

        _one.IsReachable = false;
        _ledger.Changed(_now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        Assert.Equal([_one, _one, _one, _other], _calls.Sent.Select(sent => sent.Node));

        _ledger.Lost(_one, _now);
        Assert.Equal([Outcome.Unknown], _calls.Outcomes);
        Assert.Equal(["b", "a", "a"], _calls.Sent.Skip(3).Select(sent => (string?)sent.Command.Arguments[0]));
    }

    [Fact]
    public void Without_another_node_commands_wait_for_the_unreachable_one()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");

        _one.IsReachable = false;
        _ledger.Changed(_now);

        Assert.NotNull(_ledger.TakeAnswered(_calls.AttemptOf(0), Outcome.Applied, _now));
        Assert.Single(_calls.Sent);
    }

    [Fact]
    public void A_leaving_node_answers_the_commands_it_has_before_another_gets_more()
    {
        _ledger.Join(_one, _now);
        Accept("INCR a");
        _ledger.Join(_other, _now);
        _one.IsLeaving = true;
        _ledger.Changed(_now);
        Accept("INCR a");
        Assert.Single(_calls.Sent);

        _ledger.TakeAnswered(_calls.AttemptOf(0), Outcome.Applied, _now);

        Assert.Equal([_one, _other], _calls.Sent.Select(sent => sent.Node));
    }

    [Fact]
    public void Commands_that_a_leaving_node_sends_back_go_to_another_in_their_order()
    {
        _ledger.Join(_one, _now);
        Accept("INCR a", "DECR a");
        _ledger.Join(_other, _now);
        _one.IsLeaving = true;

        _ledger.Returned(_calls.AttemptOf(0), _now);
        _ledger.Returned(_calls.AttemptOf(1), _now);

        Assert.Equal(["INCR", "DECR"], _calls.Sent.Skip(2).Select(sent => sent.Command.Name));
        Assert.All(_calls.Sent.Skip(2), sent => Assert.Same(_other, sent.Node));
    }

    [Fact]
    public void Not_sent_from_the_second_node_is_unknown_when_the_first_may_have_run_the_command()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.AtLeastOnce, "INCR a");
        _ledger.Join(_other, _now);
        _ledger.Lost(_one, _now);

        var command = _ledger.TakeAnswered(_calls.AttemptOf(1), Outcome.NotSent, _now);

        Assert.Equal(Outcome.Unknown, command!.TruthfulOutcome(Outcome.NotSent));
    }

    [Fact]
    public void An_answer_is_taken_once_and_not_from_a_node_that_no_longer_has_the_command()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        _ledger.Join(_other, _now);
        _ledger.Lost(_one, _now);

        Assert.Null(_ledger.TakeAnswered(_calls.AttemptOf(0), Outcome.Applied, _now));
        Assert.NotNull(_ledger.TakeAnswered(_calls.AttemptOf(1), Outcome.Applied, _now));
        Assert.Null(_ledger.TakeAnswered(_calls.AttemptOf(1), Outcome.Applied, _now));
        Assert.Equal(0, _ledger.Unanswered);
    }

    [Fact]
    public void From_a_node_without_Redis_commands_that_may_go_elsewhere_do_if_another_has_it()
    {
        _ledger.Join(_one, _now);
        Accept(DeliveryMode.ExactlyOnce, "INCR a");
        Accept("INCR b");
        _one.HasRedis = false;
        _ledger.Changed(_now);
        Assert.Equal(2, _calls.Sent.Count);

        _ledger.Join(_other, _now);
        Accept("INCR b");
        Assert.Equal(["a", "b", "a"], _calls.Sent.Select(sent => (string?)sent.Command.Arguments[0]));
        Assert.Same(_other, _calls.Sent[2].Node);

        // What waits behind one that may not, goes when that is answered.
        _ledger.TakeAnswered(_calls.AttemptOf(1), Outcome.Unknown, _now);
        Assert.Same(_other, _calls.Sent[3].Node);
    }

    [Fact]
    public void A_node_without_Redis_gets_commands_where_no_other_has_it_either()
    {
        _ledger.Join(_one, _now);
        _one.HasRedis = false;
        _ledger.Changed(_now);

        Accept("INCR a");

        Assert.Single(_calls.Sent);
    }

    [Fact]
    public void While_commands_are_held_nothing_is_sent_and_then_all_goes_in_its_order()
    {
        _ledger.Join(_one, _now);
        Accept("INCR a");
        _ledger.Hold();

        Accept("INCR a", "INCR b");
        _ledger.Join(_other, _now);
        Assert.Single(_calls.Sent);
        _ledger.Release(_now);

        Assert.Equal(3, _calls.Sent.Count);
        Assert.Equal(["a", "a", "b"], _calls.Sent.Select(sent => (string?)sent.Command.Arguments[0]));
        Assert.Same(_one, _calls.Sent[1].Node);
    }

    [Fact]
    public void A_command_that_is_too_large_for_a_message_is_not_sent_at_once()
    {
        _calls.TooLarge = "too large";
        _ledger.Join(_one, _now);

        Accept("INCR a");

        Assert.Empty(_calls.Sent);
        Assert.Equal([Outcome.NotSent], _calls.Outcomes);
        Assert.Equal(0, _ledger.Unanswered);
    }

    internal static RemoteNode Node(string host) => new(
        ActorRefs.Nobody, new Address("akka.tcp", "shop", host, 1), new NodeChannel(1, 1000, _ => true, () => 0, _ => { }));

    private void Accept(params string[] commands)
    {
        foreach (var command in commands) Accept(DeliveryMode.WhenSafe, command);
    }

    private void Accept(DeliveryMode delivery, string command, TimeSpan? timeout = null)
    {
        var words = command.Split(' ');
        _ledger.Accept(
            new RemoteCommand(
                new RedisCommand(words[0], [.. words.Skip(1).Select(word => (StackExchange.Redis.RedisValue)word)]),
                ActorRefs.Nobody, delivery, delivery == DeliveryMode.ExactlyOnce ? Guid.NewGuid().ToString() : null,
                _now + (long)(timeout ?? TimeSpan.FromSeconds(30)).TotalMilliseconds),
            _now);
    }

    private sealed class Calls : IRemoteCalls
    {
        public List<(RemoteNode Node, RedisCommand Command, long Attempt, long Until)> Sent { get; } = [];

        public List<bool> TokensMayGo { get; } = [];

        public List<Outcome> Outcomes { get; } = [];

        public string? TooLarge { get; set; }

        public long AttemptOf(int sent) => Sent[sent].Attempt;

        public void Send(RemoteNode node, RemoteRequest request, long bytes)
        {
            Sent.Add((node, request.Command!, request.Attempt, request.Until));
            TokensMayGo.Add(request.TokenMayGo);
        }

        public string? WhyTooLarge(RemoteNode node, long bytes) => TooLarge;

        public void End(RemoteCommand command, Outcome outcome, string why) => Outcomes.Add(outcome);
    }

    private sealed class FickleSender : MinimalActorRef, ICancellableSender
    {
        public bool HasGivenUp { get; set; }

        public override ActorPath Path { get; } = ActorPath.Parse("akka://shop/user/sender");

        public override IActorRefProvider Provider => throw new NotSupportedException();

        public bool TryClaim() => !HasGivenUp;
    }
}
