using RedisActors.Commands;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Simulation;

/// <summary>
/// The client library and the network: requests are written a little later, arrive later still, and replies come back and are told in
/// order, sometimes late. When the connection breaks, the client notices when it does, tells every request, and then its loss.
/// </summary>
internal sealed class SimulatedLink : IRedisLink
{
    private readonly VirtualTime _time;
    private readonly Chance _chance;
    private readonly Account _account;
    private readonly Mutation _mutation;
    private readonly ModelConnection _connection;
    private readonly double _late;
    private readonly bool _losesReplies;
    private readonly Queue<Outstanding> _unanswered = new();
    private readonly Queue<Outstanding> _untold = new();
    private readonly Queue<WrittenRequest> _toServer = new();
    private readonly Queue<ServerReply> _toClient = new();
    private bool _writing;
    private bool _reading;
    private bool _telling;
    private bool _lossTold;
    private string? _cause;
    private bool _swallowsRequests;
    private bool _swallowsReplies;
    private long _heldUntil;
    private long _lastWrite;

    public SimulatedLink(
        int epoch, VirtualTime time, Chance chance, Account account, Mutation mutation, ModelConnection connection, Plan plan)
    {
        Epoch = epoch;
        _time = time;
        _chance = chance;
        _account = account;
        _mutation = mutation;
        _connection = connection;
        _late = plan.LateClient;
        _losesReplies = plan.LosesReplies;
        connection.Answer = OnReply;
        connection.Closed = () => Soon(20, () => Break("the server closed the connection"));
    }

    public int Epoch { get; }

    public ModelConnection Connection => _connection;

    public ClientIdentity Identity => new(_connection.Id, "simulated:1");

    public ServerEviction Eviction => _connection.Eviction;

    public ServerClock Clock => _connection.Clock;

    public string Endpoint => "simulated:1";

    public bool IsBroken { get; private set; }

    /// <summary>Whether the next hand-over is of a probe; set by who hands over.</summary>
    public bool HandsOverProbe { get; set; }

    /// <summary>Told once that the link is gone, some time after it broke.</summary>
    public Action<string>? Lost { get; set; }

    public void Send(LinkRequest request)
    {
        var carried = Carried(request);
        var outstanding = new Outstanding(request, carried);
        if (_lossTold)
        {
            request.Fail(new LinkFault(CertainlyNotSent: true, "there is no connection"));
            return;
        }

        _untold.Enqueue(outstanding);
        if (IsBroken)
        {
            outstanding.Fault = new LinkFault(CertainlyNotSent: true, _cause!);
            return;
        }

        var arguments = request.Arguments;
        var group = request as GroupRequest;
        if (_mutation == Mutation.GroupTokenRenewed && group is not null) arguments = [.. arguments[..2], $"{arguments[2]}-{Epoch}", .. arguments[3..]];
        if (_mutation == Mutation.TokensShifted && group?.Recipients[0].HasOwnToken == true) arguments = [.. arguments[..2], .. arguments[3..(group.Count + 2)], arguments[2], .. arguments[(group.Count + 2)..]];
        var written = new WrittenRequest(request.Name, arguments, carried) { GroupCount = group?.Count };
        _unanswered.Enqueue(outstanding);
        _lastWrite = Math.Max(_lastWrite, _time.Now + _chance.UpTo(0.3));
        _time.After(_lastWrite - _time.Now, () => Write(outstanding, written));
        if (_mutation == Mutation.TokenReleasedEarly && request.Name == "EVALSHA") Send(new SimulatedQuery("UNLINK", [request.Arguments[2]], _ => { }));
    }

    /// <summary>The commands that the server is to run, each with its hand-over.</summary>
    private CarriedCommand[] Carried(LinkRequest request)
    {
        switch (request)
        {
            case PendingCommand pending:
                return [new CarriedCommand((TrackedCommand)pending.Command.State!, _account.HandedOver(pending, Epoch, HandsOverProbe))];
            case GroupRequest group:
                return [.. group.Recipients.Select(each => new CarriedCommand(
                    (TrackedCommand)each.Command.State!, _account.HandedOver(each, Epoch, HandsOverProbe), each.Place))];
            default:
                return [];
        }
    }

    public bool TakeHeard() => false;

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => Task.FromResult(false);

    public void Abandon(string cause) => Soon(2, () => Break(cause));

    public void Dispose() => Break("the link was disposed of");

    /// <summary>From here on requests or replies do not arrive, and nobody closes. What TCP has lost once does not heal.</summary>
    public void Swallow(bool requests, bool replies)
    {
        _swallowsRequests |= requests;
        _swallowsReplies |= replies;
    }

    /// <summary>Requests lie somewhere in the network for a while.</summary>
    public void HoldRequests(long duration) => _heldUntil = _time.Now + duration;

    public bool IsSilent => _swallowsRequests || _swallowsReplies || _time.Now < _heldUntil;

    /// <summary>The client has noticed that the connection is gone. What the server has received it may still execute.</summary>
    public void Break(string cause)
    {
        if (IsBroken) return;
        IsBroken = true;
        _cause = cause;
        _account.Trace?.Invoke($"client: link {Epoch} is lost: {cause}");
        if (_losesReplies)
        {
            foreach (var outstanding in _untold) outstanding.LoseReply();
        }

        foreach (var outstanding in _untold)
        {
            if (outstanding.Reply is not null) continue;
            var certain = (!outstanding.Written && _chance.Of(0.6)) || _mutation == Mutation.CertaintyClaimed;
            outstanding.Fault = new LinkFault(certain, cause);
        }

        _unanswered.Clear();
        if (_mutation == Mutation.LossToldFirst) TellLoss();
        TellSoon(10);
    }

    private void Soon(double milliseconds, Action action) => _time.After(_chance.UpTo(milliseconds), action);

    private void Write(Outstanding outstanding, WrittenRequest written)
    {
        if (IsBroken) return;
        outstanding.Written = true;
        if (_swallowsRequests) return;
        _toServer.Enqueue(written);
        if (_writing) return;
        _writing = true;
        Soon(0.5, Transport);
    }

    private void Transport()
    {
        if (_time.Now < _heldUntil)
        {
            _time.After(_heldUntil - _time.Now, Transport);
            return;
        }

        _connection.Receive(_toServer.Dequeue());
        _writing = _toServer.Count > 0;
        if (_writing) Soon(0.1, Transport);
    }

    private void OnReply(ServerReply reply)
    {
        if (_swallowsReplies || IsBroken) return;
        _toClient.Enqueue(reply);
        if (_reading) return;
        _reading = true;
        Soon(0.5, Read);
    }

    private void Read()
    {
        if (IsBroken) return;
        var reply = _toClient.Dequeue();
        var outstanding = _unanswered.Dequeue();
        outstanding.Reply = reply;
        outstanding.HasReply(true);
        TellSoon(_late);
        _reading = _toClient.Count > 0;
        if (_reading) Soon(0.1, Read);
    }

    private void TellSoon(double milliseconds)
    {
        if (_telling) return;
        _telling = true;
        Soon(milliseconds, TellNext);
    }

    /// <summary>One at a time, so that other things happen in between.</summary>
    private void TellNext()
    {
        _telling = false;
        if (_untold.TryPeek(out var next) && next.IsKnown)
        {
            Tell(_untold.Dequeue());
            TellSoon(0.1);
        }
        else if (IsBroken)
        {
            TellLoss();
        }
    }

    private void TellLoss()
    {
        if (_lossTold) return;
        _lossTold = true;
        Lost?.Invoke(_cause!);
    }

    private void Tell(Outstanding outstanding)
    {
        var request = outstanding.Request;
        if (outstanding.Reply is not { } reply) request.Fail(outstanding.Fault!);
        else if (_mutation == Mutation.ScriptTakenForUnknown && request is ScriptInquiry) request.Succeed(RespValue.Array(RespValue.Integer(0)));
        else if (reply.Error is null) request.Succeed(reply.Value);
        else if (_mutation == Mutation.RefusalTold && request is PendingCommand) request.Reject($"ERR {reply.Error}");
        else request.Reject(reply.Error);
    }

    private sealed class Outstanding(LinkRequest request, CarriedCommand[] carried)
    {
        public LinkRequest Request => request;

        public bool Written { get; set; }

        public ServerReply? Reply { get; set; }

        public LinkFault? Fault { get; set; }

        public bool IsKnown => Reply is not null || Fault is not null;

        public void LoseReply()
        {
            Reply = null;
            HasReply(false);
        }

        public void HasReply(bool has)
        {
            foreach (var each in carried) each.Request.HasReply = has;
        }
    }
}

/// <summary>A request of the library's own.</summary>
internal sealed class SimulatedQuery(string name, RedisValue[] arguments, Action<RespValue?> answered) : LinkRequest
{
    public override string Name => name;

    public override RedisValue[] Arguments => arguments;

    public override int? Database => null;

    public override void Succeed(in RespValue value) => answered(value);

    public override void Reject(string serverError) => answered(RespValue.Error(serverError));

    public override void Refuse(string reason) => answered(null);

    public override void Garble(string reason) => answered(null);

    public override void Fail(LinkFault fault) => answered(null);
}
