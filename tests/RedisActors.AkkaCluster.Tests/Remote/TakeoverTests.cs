using RedisActors.Connection;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>The connections of a lost node are ended before others get its commands.</summary>
public sealed class TakeoverTests : IRemoteCalls
{
    private readonly RemoteNode _lost = RemoteLedgerTests.Node("lost");
    private readonly RemoteNode _other = RemoteLedgerTests.Node("other");
    private readonly List<(RemoteNode Node, EndClients Question)> _asked = [];
    private readonly List<string> _notDone = [];
    private readonly List<RemoteNode> _sent = [];
    private readonly List<Outcome> _ended = [];
    private readonly RemoteLedger _ledger;
    private readonly Takeover _takeover;
    private long _now = 1000;

    public TakeoverTests()
    {
        _ledger = new RemoteLedger(maxUnanswered: 9, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), this);
        _takeover = new Takeover(_ledger, (node, question) => _asked.Add((node, question)), _notDone.Add);
        _lost.Clients = [new ClientIdentity(7, "10.0.0.1:5000"), new ClientIdentity(8, null)];
    }

    [Fact]
    public void Another_node_gets_commands_when_it_has_ended_the_connections()
    {
        _ledger.Join(_lost, _now);
        Accept(DeliveryMode.WhenSafe);
        _ledger.Join(_other, _now);

        _takeover.Lost(_lost, _now);
        Accept(DeliveryMode.WhenSafe);

        Assert.Equal([Outcome.Unknown], _ended);
        Assert.Equal([_lost], _sent);
        Assert.Equal((_other, "10.0.0.1:5000"), (_asked.Single().Node, _asked[0].Question.Clients.Single().Address));
        _takeover.Answered(new ClientsEnded(_asked[0].Question.Number, null), _now);
        Assert.Equal([_lost, _other], _sent);
        Assert.Empty(_notDone);
    }

    [Fact]
    public void The_first_node_that_comes_is_asked_where_there_was_none()
    {
        _ledger.Join(_lost, _now);
        Accept(DeliveryMode.AtLeastOnce);
        _takeover.Lost(_lost, _now);
        for (var i = 0; i < 300; i++) Tick();
        Assert.Empty(_asked);

        _ledger.Join(_other, _now);
        _takeover.NodesChanged(_now);

        Assert.Equal([_lost], _sent);
        _takeover.Answered(new ClientsEnded(_asked.Single().Question.Number, "NOPERM no"), _now);
        Assert.Equal([_lost, _other], _sent);
        Assert.Equal(["NOPERM no"], _notDone);
    }

    [Fact]
    public void A_node_that_does_not_answer_holds_nothing_up_for_long()
    {
        _ledger.Join(_lost, _now);
        Accept(DeliveryMode.AtLeastOnce);
        _ledger.Join(_other, _now);
        _takeover.Lost(_lost, _now);

        for (var i = 0; i < 49; i++) Tick();
        Assert.Equal(25, _asked.Count);
        Assert.Equal([_lost], _sent);

        Tick();
        Assert.Equal([_lost, _other], _sent);
        Assert.Single(_notDone);
    }

    [Fact]
    public void An_answer_that_comes_late_counts_if_it_was_about_all_connections()
    {
        var second = RemoteLedgerTests.Node("second");
        second.Clients = [new ClientIdentity(9, "10.0.0.2:5000")];
        _ledger.Join(_lost, _now);
        Accept(DeliveryMode.AtLeastOnce);
        _lost.IsLeaving = true;
        _ledger.Join(second, _now);
        Accept(DeliveryMode.AtLeastOnce, "another list");
        _ledger.Join(_other, _now);
        _takeover.Lost(_lost, _now);
        _takeover.Lost(second, _now);
        for (var i = 0; i < 3; i++) Tick();
        Assert.Equal([1, 2, 2], _asked.Select(asked => asked.Question.Clients.Length));

        _takeover.Answered(new ClientsEnded(_asked[0].Question.Number, null), _now);
        Assert.True(_ledger.IsHeld);
        _takeover.Answered(new ClientsEnded(_asked[1].Question.Number, null), _now);

        Assert.False(_ledger.IsHeld);
        Assert.Equal([_lost, second, _other, _other], _sent);
    }

    [Fact]
    public void A_node_that_had_nothing_unanswered_is_followed_at_once()
    {
        _ledger.Join(_lost, _now);
        _ledger.Join(_other, _now);

        _takeover.Lost(_lost, _now);
        Accept(DeliveryMode.WhenSafe);

        Assert.Empty(_asked);
        Assert.Equal([_other], _sent);
    }

    void IRemoteCalls.Send(RemoteNode node, RemoteRequest request, long bytes) => _sent.Add(node);

    string? IRemoteCalls.WhyTooLarge(RemoteNode node, long bytes) => null;

    void IRemoteCalls.End(RemoteCommand command, Outcome outcome, string why) => _ended.Add(outcome);

    private void Accept(DeliveryMode delivery, string list = "list") => _ledger.Accept(
        new RemoteCommand(new RedisCommand("RPUSH", list, "element"), Akka.Actor.ActorRefs.Nobody, delivery, null, long.MaxValue), _now);

    private void Tick()
    {
        _now += 100;
        _takeover.Tick(_now);
    }
}
