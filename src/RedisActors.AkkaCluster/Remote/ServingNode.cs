using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Coordination;
using RedisActors.Connection;
using RedisActors.Locks;

namespace RedisActors.AkkaCluster;

/// <summary>What a node that serves knows of those it serves: one life of its <see cref="RedisService"/>. From any thread.</summary>
internal sealed class ServingNode(ExtendedActorSystem system, IActorRef service, IActorRef redis, MessageLimit limit)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(IActorRef Remote, long Session), ServingSession> _sessions = new();
    private volatile RemoteServing _serving;
    private volatile ClientIdentity[] _clients = [];

    public IActorRef Service => service;

    public IActorRef Redis => redis;

    public IActorRefProvider Provider => system.Provider;

    public int MaxMessageBytes => limit.MaxBytes;

    public int MaxFrameBytes => FrameSize.MaxBatch(limit.MaxBytes);

    /// <summary>The clock by which commands are ended, in milliseconds: it goes on while the process is stopped, or the machine sleeps.</summary>
    public long Now => (long)LeaseClock.System.Now.TotalMilliseconds;

    /// <summary>The clock of the RedisActor.</summary>
    public long LocalNow => (long)system.Scheduler.MonotonicClock.TotalMilliseconds;

    /// <summary>What it says of itself.</summary>
    public RemoteServing Serving
    {
        get => _serving;
        set
        {
            if (_serving == value) return;
            _serving = value;
            foreach (var session in _sessions.Values) session.TellServing();
        }
    }

    /// <summary>The connections to Redis over which commands may have been sent, the last one of each lane.</summary>
    public ClientIdentity[] Clients
    {
        get => _clients;
        set
        {
            _clients = value;
            foreach (var session in _sessions.Values) session.TellServing();
        }
    }

    /// <summary>The lease without which the node is not to serve; null: it needs none.</summary>
    public Lease? Lease { get; init; }

    public string TooLarge(string what, long bytes) => limit.TooLarge(what, bytes);

    /// <summary>A frame has come from a <see cref="RemoteRedis"/>. True: it is the first of a session.</summary>
    public bool Receive(CommandFrame frame, IActorRef remote)
    {
        var key = (remote, frame.Session);
        var isNew = false;
        if (!_sessions.TryGetValue(key, out var session))
        {
            // No commands come before the node has answered the first frame.
            if (frame.Sent > 0)
            {
                remote.Tell(new AnswerFrame(frame.Session, 0, 0, 0, false, Now, RemoteServing.Forgotten, []), service);
                return false;
            }

            isNew = true;
            session = _sessions.GetOrAdd(key, static (key, node) => new ServingSession(key.Session, key.Remote, node), this);
            foreach (var (other, unheard) in _sessions)
            {
                if (Now - unheard.HeardAt > Forgotten.TotalMilliseconds && unheard != session) _sessions.TryRemove(other, out _);
            }
        }

        // The process may have been stopped until now, and another node have the singleton since.
        if (Lease is not null && !Lease.CheckLease()) Serving = RemoteServing.Leaving;
        session.Receive(frame, _serving != RemoteServing.Leaving);
        return isNew;
    }

    /// <summary>A <see cref="RemoteRedis"/> is gone.</summary>
    public void End(IActorRef remote)
    {
        foreach (var (key, session) in _sessions)
        {
            if (!key.Remote.Equals(remote)) continue;
            _sessions.TryRemove(key, out _);
            session.End();
        }
    }
}

/// <summary>
/// The lives of a <see cref="RedisService"/> that are over, or will be: what still comes for one of them is answered in its name. From any
/// thread.
/// </summary>
internal sealed class StoppedServices
{
    private const int MostKept = 8;

    private readonly ConcurrentQueue<ServingNode> _nodes = new();

    public void Add(ServingNode node)
    {
        _nodes.Enqueue(node);
        while (_nodes.Count > MostKept) _nodes.TryDequeue(out _);
    }

    /// <summary>A frame has come for a service that has stopped: its commands go back.</summary>
    public void Receive(CommandFrame frame, IActorRef remote, IActorRef service)
    {
        if (_nodes.LastOrDefault(node => node.Service.Equals(service)) is { } known)
        {
            known.Receive(frame, remote);
            return;
        }

        RemoteAnswer[] returned = [.. frame.Requests.Select(request => new RemoteAnswer(request.Attempt, RemoteAnswerKind.Returned))];
        remote.Tell(
            new AnswerFrame(frame.Session, 0, 0, 0, false, (long)LeaseClock.System.Now.TotalMilliseconds, RemoteServing.Leaving, returned), service);
    }
}
