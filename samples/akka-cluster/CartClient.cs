using System.Collections.Concurrent;
using Akka.Actor;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>What the client was told: the place of each request in its cart.</summary>
internal sealed class CartAnswers
{
    private int _repeated;

    public ConcurrentDictionary<string, (string Cart, long Position)> Places { get; } = new();

    public int Repeated => _repeated;

    /// <summary>Send no more than what is under way.</summary>
    public volatile bool Stopped;

    public volatile int UnderWay;

    public void CountRepeated() => Interlocked.Increment(ref _repeated);
}

/// <summary>Keeps a number of requests under way, and repeats each, with the same id, until it is answered.</summary>
internal sealed class CartClient : ReceiveActor, IWithTimers
{
    public const int Carts = 50;

    private readonly IActorRef _carts;
    private readonly CartAnswers _answers;
    private readonly Dictionary<string, (string Cart, DateTime SentAt)> _underWay = [];
    private int _last;

    public CartClient(IActorRef carts, CartAnswers answers, int underWay)
    {
        _carts = carts;
        _answers = answers;
        Receive<ItemAdded>(added =>
        {
            if (!_underWay.Remove(added.RequestId, out var request)) return;
            answers.Places[added.RequestId] = (request.Cart, added.Position);
            Next();
        });
        Receive<string>(_ =>
        {
            foreach (var (id, (cart, sentAt)) in _underWay.ToList())
            {
                if (DateTime.UtcNow - sentAt < TimeSpan.FromSeconds(2)) continue;
                answers.CountRepeated();
                Send(id, cart);
            }
        });
        for (var i = 0; i < underWay; i++) Next();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("repeat", "repeat", TimeSpan.FromMilliseconds(200));

    private void Next()
    {
        if (!_answers.Stopped) Send($"request-{++_last}", $"{_last % Carts}");
        _answers.UnderWay = _underWay.Count;
    }

    private void Send(string id, string cart)
    {
        _underWay[id] = (cart, DateTime.UtcNow);
        _carts.Tell(new AddItem(cart, id), Self);
    }
}
