using System.Diagnostics;
using Akka.Actor;

namespace RedisActors.ClusterMatrix;

/// <summary>Keeps a number of commands of one delivery mode in flight, the same number for each of several lists.</summary>
internal sealed class ListSender : ReceiveActor, IWithTimers
{
    /// <summary>Where commands fail at once, so many of them would say nothing.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _redis;
    private readonly DeliveryMode _delivery;
    private readonly LoadState _state;

    /// <param name="redis">Where the commands go.</param>
    /// <param name="delivery">Their delivery mode.</param>
    /// <param name="lists">What they write to.</param>
    /// <param name="inFlight">How many.</param>
    /// <param name="pause">Between an answer and the next command.</param>
    /// <param name="state">Whether it goes on.</param>
    public ListSender(IActorRef redis, DeliveryMode delivery, ListLedger[] lists, int inFlight, TimeSpan pause, LoadState state)
    {
        (_redis, _delivery, _state) = (redis, delivery, state);
        Receive<RedisReply>(reply =>
        {
            var (list, id) = ((ListLedger, int))reply.State!;
            list.ToldApplied(id, reply.Value.AsInt64());
            if (pause == TimeSpan.Zero) SendNext(list);
            else Timers.StartSingleTimer((list, id), new Again(list), pause);
        });
        Receive<Status.Failure>(failure =>
        {
            var (list, id) = ((ListLedger, int))failure.State!;
            list.ToldFailed(id, ((RedisOutcomeException)failure.Cause).Outcome);
            Timers.StartSingleTimer((list, id), new Again(list), AfterFailure);
        });
        Receive<Again>(again => SendNext(again.List));
        for (var i = 0; i < inFlight; i++) SendNext(lists[i % lists.Length]);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void SendNext(ListLedger list)
    {
        if (_state.IsStopped) return;
        var id = list.Send();
        _redis.Tell(new RedisCommand("RPUSH", list.Key, id) { Delivery = _delivery, State = (list, id) }, Self);
    }

    private sealed record Again(ListLedger List) : INoSerializationVerificationNeeded;
}

/// <summary>Keeps a number of requests to entities in flight, and repeats each until it is answered.</summary>
internal sealed class CartClient : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Less than <c>exactly-once.keep</c>.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    private readonly IActorRef _carts;
    private readonly LoadState _state;
    private readonly Dictionary<AddItem, long> _open = [];

    public CartClient(IActorRef carts, ListLedger[] lists, int inFlight, LoadState state)
    {
        (_carts, _state) = (carts, state);
        var byKey = lists.ToDictionary(list => list.Key);
        Receive<ItemAdded>(added =>
        {
            // A repeated request may be answered twice.
            if (!_open.Remove(added.Request)) return;
            var list = byKey[added.Request.List];
            list.ToldApplied(added.Request.Id, added.Length);
            SendNext(list);
        });
        Receive<Repeat>(_ =>
        {
            foreach (var (request, _) in _open.Where(open => Stopwatch.GetElapsedTime(open.Value) > Patience).ToList()) Send(request);
        });
        for (var i = 0; i < inFlight; i++) SendNext(lists[i % lists.Length]);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Repeat.Instance, Repeat.Instance, TimeSpan.FromMilliseconds(200));

    private void SendNext(ListLedger list)
    {
        if (_state.IsStopped) return;
        Send(new AddItem(list.Key, list.Send(), DateTime.UtcNow + Limit));
    }

    private void Send(AddItem request)
    {
        _open[request] = Stopwatch.GetTimestamp();
        _carts.Tell(request, Self);
    }

    private sealed record Repeat : INoSerializationVerificationNeeded
    {
        public static Repeat Instance { get; } = new();
    }
}
