using System.Collections.Concurrent;
using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// The subscriptions of one connection, and what was published and has not been read yet. The <see cref="RedisActor"/> subscribes again
/// after a reconnect; the client notices nothing of that.
/// </summary>
internal sealed class DoorSubscriptions(DoorSettings settings, FrontDoor door)
{
    /// <summary>A client that has so much unread gets no more, until it has read half; what the subscriber holds is bounded too.</summary>
    private const int MostUnread = 10_000;

    private readonly ConcurrentQueue<RespValue> _unread = new();
    private readonly Lock _gate = new();
    private IActorRef? _channels;
    private IActorRef? _shardChannels;
    private TaskCompletionSource? _room;
    private long _pushed;
    private long _taken;
    private volatile bool _isSubscribed;

    /// <summary>Whether the connection is one of a subscriber.</summary>
    public bool IsSubscribed => _isSubscribed;

    public void Subscribe(DoorCommand command, RedisValue[] names)
    {
        _isSubscribed = true;
        var kind = KindOf(command.Action);
        SubscriberOf(kind).Tell(new DoorSubscriber.Join(kind, [.. names.Select(name => name.ToString())], door.Add(new DoorReply(door))));
    }

    public void Unsubscribe(DoorCommand command, RedisValue[] names)
    {
        var kind = KindOf(command.Action);
        SubscriberOf(kind).Tell(new DoorSubscriber.Leave(kind, [.. names.Select(name => name.ToString())], door.Add(new DoorReply(door))));
    }

    /// <summary>Ends all subscriptions, without an answer.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            if (_channels is not null) settings.System.Stop(_channels);
            if (_shardChannels is not null) settings.System.Stop(_shardChannels);
            _channels = _shardChannels = null;
        }

        _isSubscribed = false;
    }

    public void Close()
    {
        Reset();
        Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    /// <summary>How many subscriptions there are changed.</summary>
    public void OnCount(int count) => _isSubscribed = count > 0;

    /// <summary>Hands a message to the client. The task, if any, completes when it has read enough for more.</summary>
    public Task? Push(in RespValue message)
    {
        _unread.Enqueue(message);
        Interlocked.Increment(ref _pushed);
        Task? room = null;
        if (_unread.Count >= MostUnread && !door.IsClosed)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = (Interlocked.CompareExchange(ref _room, mine, null) ?? mine).Task;

            // It may all have been read in between.
            MakeRoom();
        }

        door.Completed();
        return room;
    }

    /// <summary>
    /// Answers who subscribes or unsubscribes, in the place of that request: behind the replies before it, which may not have come yet, and
    /// behind the messages that have. A message waits for no reply.
    /// </summary>
    public void Answer(DoorReply reply, IReadOnlyList<RespValue> frames) => reply.Complete(frames, Interlocked.Read(ref _pushed));

    /// <summary>Whether there is a message to read.</summary>
    public bool CanTake => !_unread.IsEmpty;

    /// <summary>Whether a message comes before this reply, which is complete.</summary>
    public bool ComesBefore(DoorReply reply) => reply.MessagesBefore > _taken;

    public bool TryTake(out RespValue message)
    {
        if (!_unread.TryDequeue(out message)) return false;
        _taken++;
        MakeRoom();
        return true;
    }

    private void MakeRoom()
    {
        if (_unread.Count <= MostUnread / 2 || door.IsClosed) Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    private IActorRef SubscriberOf(RedisSubscriptionKind kind)
    {
        lock (_gate)
        {
            return kind == RedisSubscriptionKind.ShardChannel ? _shardChannels ??= Start("message", 's') : _channels ??= Start("message", null);
        }

        IActorRef Start(string word, char? prefix) =>
            settings.System.SystemActorOf(DoorSubscriber.Props(settings, door, this, prefix + word), null!);
    }

    private static RedisSubscriptionKind KindOf(DoorAction action) => action switch
    {
        DoorAction.Subscribe or DoorAction.Unsubscribe => RedisSubscriptionKind.Channel,
        DoorAction.PSubscribe or DoorAction.PUnsubscribe => RedisSubscriptionKind.Pattern,
        _ => RedisSubscriptionKind.ShardChannel,
    };
}
