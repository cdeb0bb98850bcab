using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>What comes together, without a request or as the answer to one that subscribes.</summary>
/// <param name="Items">The frames, or errors in the place of some.</param>
/// <param name="Era">When the client subscribed.</param>
/// <param name="Answers">The place in the order of replies that they fill; null: none.</param>
internal sealed record DoorFrames(IReadOnlyList<RespValue> Items, DoorEra Era, DoorReply? Answers = null)
{
    /// <summary>Whether the client must not see them any more: it has reset its connection, and expects nothing that it did not ask for.</summary>
    public bool AreStale => AreTaken || (Answers is null && Era.IsOver);

    /// <summary>Whether they were taken before it was their turn.</summary>
    public bool AreTaken { get; set; }
}

/// <summary>The time from one reset of a connection to the next.</summary>
internal sealed class DoorEra
{
    private volatile bool _isOver;

    public bool IsOver => _isOver;

    public void End() => _isOver = true;
}

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
    private DoorEra _era = new();
    private TaskCompletionSource? _room;
    private volatile int _channelCount;
    private volatile int _shardChannelCount;

    /// <summary>Whether the connection is one of a subscriber.</summary>
    public bool IsSubscribed => _channelCount + _shardChannelCount > 0;

    public void Subscribe(DoorCommand command, RedisValue[] names)
    {
        if (HasNoName(command, names)) return;
        var kind = KindOf(command.Action);
        SubscriberOf(kind).Tell(new DoorSubscriber.Join(kind, [.. names.Select(name => name.ToString())], door.AddReply()));
    }

    public void Unsubscribe(DoorCommand command, RedisValue[] names)
    {
        if (HasNoName(command, names)) return;
        var kind = KindOf(command.Action);
        SubscriberOf(kind).Tell(new DoorSubscriber.Leave(kind, [.. names.Select(name => name.ToString())], door.AddReply()));
    }

    /// <summary>Ends all subscriptions, without an answer.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            // After what they were asked: each of that has a place in the order of replies.
            _channels?.Tell(PoisonPill.Instance);
            _shardChannels?.Tell(PoisonPill.Instance);
            _channels = _shardChannels = null;
            _era.End();
            _era = new DoorEra();
        }

        _channelCount = _shardChannelCount = 0;
    }

    public void Close()
    {
        Reset();
        Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    /// <summary>How many subscriptions a subscriber has now, those included that are not confirmed.</summary>
    public void OnCount(DoorEra era, bool ofShardChannels, int count)
    {
        if (era.IsOver) return;
        if (ofShardChannels) _shardChannelCount = count;
        else _channelCount = count;
    }

    /// <summary>Hands frames to the client. The task, if any, completes when it has read enough for more.</summary>
    public Task? Push(DoorFrames frames)
    {
        frames.Answers?.Fill(frames);
        _unread.Enqueue(frames);
        Task? room = null;
        if (_unread.Count >= MostUnread && !door.IsClosed)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = (Interlocked.CompareExchange(ref _room, mine, null) ?? mine).Task;

            // It may all have been read in between.
            MakeRoom();
        }

        door.Replies.Completed();
        return room;
    }

    /// <summary>Whether there is something to read, when this is the reply that comes next.</summary>
    public bool CanTake(DoorReply? head) =>
        _unread.TryPeek(out var frames) && (frames.AreStale || frames.Answers is null || frames.Answers == head || head?.Frames is not null);

    /// <summary>Takes what is next.</summary>
    /// <remarks>
    /// Frames come in the order in which they came to be, each answer in the place of its request: so nothing of a channel comes before its
    /// confirmation. But where a later request was answered first, the answer to an earlier one does not wait behind it.
    /// </remarks>
    public bool TryTake(DoorReply? head, [NotNullWhen(true)] out DoorFrames? frames)
    {
        while (_unread.TryPeek(out frames))
        {
            if (frames.AreStale)
            {
                _unread.TryDequeue(out _);
            }
            else if (frames.Answers is null || frames.Answers == head)
            {
                _unread.TryDequeue(out _);
                MakeRoom();
                return true;
            }
            else
            {
                frames = head?.Frames;
                if (frames is null) return false;
                frames.AreTaken = true;
                return true;
            }
        }

        return false;
    }

    /// <summary>A server has a channel of this name; the library has none.</summary>
    private bool HasNoName(DoorCommand command, RedisValue[] names)
    {
        if (!Array.Exists(names, name => name.GetByteCount() == 0)) return false;
        door.Answer(RespValue.Error($"{OutcomeText.NotSent} {command.Name}: the name of a channel must not be empty here"));
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
            settings.System.SystemActorOf(DoorSubscriber.Props(settings, door, this, _era, ofShardChannels), null!);
    }

    private static RedisSubscriptionKind KindOf(DoorAction action) => action switch
    {
        DoorAction.Subscribe or DoorAction.Unsubscribe => RedisSubscriptionKind.Channel,
        DoorAction.PSubscribe or DoorAction.PUnsubscribe => RedisSubscriptionKind.Pattern,
        _ => RedisSubscriptionKind.ShardChannel,
    };
}
