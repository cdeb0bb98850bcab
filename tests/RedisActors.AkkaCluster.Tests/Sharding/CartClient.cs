using System.Collections.Concurrent;
using Akka.Actor;

namespace RedisActors.AkkaCluster.Tests.Sharding;

/// <summary>What a client knows of its requests. Read from the test, written by the client.</summary>
internal sealed class CartLedger
{
    private readonly ConcurrentDictionary<string, (string Cart, long Position)> _added = new();
    private readonly ConcurrentQueue<string> _contradictions = new();
    private volatile bool _isStopped;
    private int _unanswered;
    private int _repeated;

    public IReadOnlyDictionary<string, (string Cart, long Position)> Added => _added;

    /// <summary>Requests that got two different replies.</summary>
    public IReadOnlyCollection<string> Contradictions => _contradictions;

    public int Unanswered => Volatile.Read(ref _unanswered);

    public int Repeated => Volatile.Read(ref _repeated);

    public bool IsStopped => _isStopped;

    public void Stop() => _isStopped = true;

    public void Sent() => Interlocked.Increment(ref _unanswered);

    public void SentAgain() => Interlocked.Increment(ref _repeated);

    public void Answered(string request, string cart, long position)
    {
        if (_added.TryAdd(request, (cart, position))) Interlocked.Decrement(ref _unanswered);
        else if (_added[request].Position != position) _contradictions.Enqueue(request);
    }
}

/// <summary>Keeps requests in flight and repeats each, with the same id, until it is applied.</summary>
internal sealed class CartClient : ReceiveActor, IWithTimers
{
    private const int CartCount = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IActorRef _carts;
    private readonly CartLedger _ledger;
    private readonly Dictionary<string, (string Cart, DateTime SentAt)> _open = [];
    private readonly string _name = Guid.NewGuid().ToString("N")[..6];
    private int _lastRequest;

    public CartClient(IActorRef carts, CartLedger ledger, int inFlight)
    {
        _carts = carts;
        _ledger = ledger;
        Receive<ItemAdded>(OnAdded);
        Receive<NotAdded>(_ => { });
        Receive<Tick>(_ => Repeat());
        for (var i = 0; i < inFlight; i++) SendNext();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static IEnumerable<string> CartNames => Enumerable.Range(0, CartCount).Select(number => $"cart-{number}");

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromMilliseconds(200));

    private void OnAdded(ItemAdded answer)
    {
        if (!_open.Remove(answer.Request, out var request))
        {
            _ledger.Answered(answer.Request, string.Empty, answer.Position);
            return;
        }

        _ledger.Answered(answer.Request, request.Cart, answer.Position);
        if (!_ledger.IsStopped) SendNext();
    }

    private void SendNext()
    {
        var request = $"{_name}-{++_lastRequest}";
        var cart = $"cart-{Random.Shared.Next(CartCount)}";
        _ledger.Sent();
        Send(request, cart);
    }

    private void Repeat()
    {
        foreach (var (request, (cart, sentAt)) in _open.ToList())
        {
            if (DateTime.UtcNow - sentAt < Patience) continue;
            _ledger.SentAgain();
            Send(request, cart);
        }
    }

    private void Send(string request, string cart)
    {
        _open[request] = (cart, DateTime.UtcNow);
        _carts.Tell(new AddItem(cart, request), Self);
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
