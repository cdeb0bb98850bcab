using RedisActors.Commands;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Simulation;

/// <summary>
/// The client library and the network: requests are written a little later, arrive later still, and replies come back in order
/// but are completed late and in any order. When the connection breaks, the client notices when it does.
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
    private readonly Queue<Outstanding> _outstanding = new();
    private readonly Queue<WrittenRequest> _toServer = new();
    private readonly Queue<ServerReply> _toClient = new();
    private bool _writing;
    private bool _reading;
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

    public string Endpoint => "simulated:1";

    public bool IsBroken { get; private set; }

    /// <summary>Whether the next hand-over is of a probe; set by who hands over.</summary>
    public bool HandsOverProbe { get; set; }

    /// <summary>Told once that the link is gone, some time after it broke.</summary>
    public Action<string>? Lost { get; set; }

    public void Send(LinkRequest request)
    {
        var tracked = _account.HandedOver(request as PendingCommand, Epoch, HandsOverProbe);
        if (IsBroken)
        {
            var fault = new LinkFault(CertainlyNotSent: true, "there is no connection");
            if (_chance.Of(0.5)) request.Fail(fault);
            else Soon(2, () => request.Fail(fault));
            return;
        }

        RedisValue[] arguments = request.Arguments;
        var written = new WrittenRequest(request, request.Name, arguments, (request as PendingCommand)?.Command.State as TrackedCommand, tracked);
        var outstanding = new Outstanding(request, tracked);
        _outstanding.Enqueue(outstanding);
        _lastWrite = Math.Max(_lastWrite, _time.Now + _chance.UpTo(0.3));
        _time.After(_lastWrite - _time.Now, () => Write(outstanding, written));
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

    /// <summary>The client loses patience with one command, long before it says that the connection is gone.</summary>
    public void TimeOutOne()
    {
        var waiting = _outstanding.Where(outstanding => outstanding is { Written: true, Faulted: false }).ToArray();
        if (waiting.Length == 0) return;
        var victim = _chance.Pick(waiting);
        victim.Faulted = true;
        _account.ClientLostPatience();
        victim.Request.Fail(new LinkFault(CertainlyNotSent: false, "the client timed out"));
        Soon(10, () => Break("the client timed out"));
    }

    /// <summary>The client has noticed that the connection is gone. What the server has received it may still execute.</summary>
    public void Break(string cause)
    {
        if (IsBroken) return;
        IsBroken = true;
        _account.Trace?.Invoke($"client: link {Epoch} is lost: {cause}");
        foreach (var outstanding in _outstanding)
        {
            if (outstanding.Faulted) continue;
            var certain = (!outstanding.Written && _chance.Of(0.6)) || _mutation == Mutation.CertaintyClaimed;
            var fault = new LinkFault(certain, cause);
            Soon(5, () => outstanding.Request.Fail(fault));
        }

        _outstanding.Clear();
        Soon(10, () => Lost?.Invoke(cause));
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
        var outstanding = _outstanding.Dequeue();
        if (!outstanding.Faulted)
        {
            if (outstanding.Tracked is { } tracked) tracked.Received = true;
            Soon(_late, () => Complete(outstanding, reply));
        }

        _reading = _toClient.Count > 0;
        if (_reading) Soon(0.1, Read);
    }

    private void Complete(Outstanding outstanding, ServerReply reply)
    {
        var request = outstanding.Request;
        if (IsBroken && _losesReplies)
        {
            request.Fail(new LinkFault(CertainlyNotSent: false, "the client lost the reply"));
            return;
        }

        if (outstanding.Tracked is { Pending.IsInFlight: true } tracked) _account.Completed(tracked);
        if (reply.Error is null) request.Succeed(reply.Value);
        else if (_mutation == Mutation.RefusalTold && request is PendingCommand) request.Reject($"ERR {reply.Error}");
        else request.Reject(reply.Error);
    }

    private sealed class Outstanding(LinkRequest request, TrackedRequest? tracked)
    {
        public LinkRequest Request => request;

        public TrackedRequest? Tracked => tracked;

        public bool Written { get; set; }

        public bool Faulted { get; set; }
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
