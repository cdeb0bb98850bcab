using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>What comes together, without a request or as the answer to one that subscribes.</summary>
/// <param name="Items">The frames, or errors in the place of some.</param>
/// <param name="Answers">The place in the order of replies that they fill; null: none.</param>
internal sealed record DoorFrames(IReadOnlyList<RespValue> Items, DoorReply? Answers = null);

/// <summary>
/// The subscriptions of one connection, and what was published and has not been read yet. The <see cref="RedisActor"/> subscribes again
/// after a reconnect; the client notices nothing of that.
/// </summary>
internal sealed class DoorSubscriptions(DoorSettings settings, FrontDoor door)
{
    /// <summary>A client that has so much unread gets no more, until it has read half; what the subscriber holds is bounded too.</summary>
    private const int MostUnread = 10_000;

    private readonly ConcurrentQueue<DoorFrames> _unread = new();
    private readonly Lock _gate = new();
    private IActorRef? _channels;
    private IActorRef? _shardChannels;
    private TaskCompletionSource? _room;
    private volatile int _channelCount;
    private volatile int _shardChannelCount;

    /// <summary>Whether the connection is one of a subscriber.</summary>
    public bool IsSubscribed => _channelCount + _shardChannelCount > 0;

    public void Subscribe(DoorCommand command, RedisValue[] names)
    {
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

        _channelCount = _shardChannelCount = 0;
    }

    public void Close()
    {
        Reset();
        Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    /// <summary>How many subscriptions a subscriber has now, those included that are not confirmed.</summary>
    public void OnCount(bool ofShardChannels, int count)
    {
        if (ofShardChannels) _shardChannelCount = count;
        else _channelCount = count;
    }

    /// <summary>Hands frames to the client. The task, if any, completes when it has read enough for more.</summary>
    public Task? Push(DoorFrames frames)
    {
        _unread.Enqueue(frames);
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

    /// <summary>Whether there is something to read, when this is the reply that comes next.</summary>
    public bool CanTake(DoorReply? head) => _unread.TryPeek(out var frames) && (frames.Answers is null || frames.Answers == head);

    public bool TryTake(DoorReply? head, [NotNullWhen(true)] out DoorFrames? frames)
    {
        frames = null;
        if (!CanTake(head) || !_unread.TryDequeue(out frames)) return false;
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
            return kind == RedisSubscriptionKind.ShardChannel ? _shardChannels ??= Start(ofShardChannels: true) : _channels ??= Start(ofShardChannels: false);
        }

        IActorRef Start(bool ofShardChannels) =>
            settings.System.SystemActorOf(DoorSubscriber.Props(settings, door, this, ofShardChannels), null!);
    }

    private static RedisSubscriptionKind KindOf(DoorAction action) => action switch
    {
        DoorAction.Subscribe or DoorAction.Unsubscribe => RedisSubscriptionKind.Channel,
        DoorAction.PSubscribe or DoorAction.PUnsubscribe => RedisSubscriptionKind.Pattern,
        _ => RedisSubscriptionKind.ShardChannel,
    };
}
