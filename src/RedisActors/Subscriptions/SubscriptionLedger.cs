using Akka.Actor;
using RedisActors.CommandMetadata;

namespace RedisActors.Subscriptions;

/// <summary>
/// Who subscribes to what, what the server has confirmed, and which gaps there are. It decides what the server is asked and what each
/// subscriber is told. No actor, no socket, no clock: times are passed in.
/// </summary>
/// <remarks>
/// A topic has one question under way at most. What the server answers settles it, and if meanwhile something else is wanted, the
/// next question follows.
/// </remarks>
internal sealed class SubscriptionLedger(ISubscriptionOutlet outlet)
{
    private readonly Dictionary<Topic, TopicEntry> _topics = [];
    private readonly WatchedSubscribers _subscribers = new(outlet.Watch, outlet.Unwatch);

    /// <summary>What was asked for when the link came up and is not answered yet. Before it is, nobody is told that anything goes on.</summary>
    private readonly HashSet<TopicEntry> _returning = [];
    private readonly List<TopicEntry> _returned = [];

    /// <summary>Those for whom messages wait.</summary>
    private readonly HashSet<Membership> _crowded = [];
    private TopicEntry? _latest;
    private long? _epoch;

    /// <summary>How many messages may wait beyond a bound while subscribers are waited for.</summary>
    public int MayExceed { get; init; } = 2 * PushedMessages.Capacity;

    public bool IsEmpty => _topics.Count == 0;

    /// <summary>How many messages wait for subscribers.</summary>
    public int Waiting => _topics.Values.Sum(entry => entry.Members.Sum(member => member.Waiting));

    private IEnumerable<Membership> Members => _topics.Values.SelectMany(entry => entry.Members);

    /// <summary>An actor subscribes.</summary>
    /// <param name="message">To what.</param>
    /// <param name="asker">Who asked, if not the subscriber itself.</param>
    /// <param name="now">The time, by the server's clock where it is known.</param>
    /// <param name="sign">The last sign of life of the link before which all messages have been told; null: there is none yet.</param>
    public void Subscribe(RedisSubscribe message, IActorRef? asker, DateTimeOffset now, DateTimeOffset? sign = null)
    {
        var topic = new Topic(message.Kind, message.Name);
        if (!_topics.TryGetValue(topic, out var entry)) _topics.Add(topic, entry = new TopicEntry(topic));
        var member = entry.Members.Find(member => member.Subscriber.Equals(message.Subscriber));
        if (member is null)
        {
            entry.Members.Add(member = new Membership(topic, message.Subscriber, outlet) { SubscribedAt = now });
            _subscribers.Add(message.Subscriber);
        }

        member.Obey(message);
        if (asker is not null) member.Askers.Add(asker);
        if (entry.State == TopicState.Confirmed && !_returned.Contains(entry) && !_returning.Contains(entry))
        {
            if (member.IsInterrupted) return;
            if (member.Log is { NeedsMark: true }) outlet.AskExtent(member);
            Confirm(member, !member.IsConfirmed ? now : sign > entry.ConfirmedAt ? sign.Value : entry.ConfirmedAt);
        }
        else if (entry.State == TopicState.Idle && _epoch is not null) Ask(entry);
    }

    /// <summary>An actor cannot subscribe.</summary>
    public void Refuse(RedisSubscribe message, IActorRef? asker, string reason)
    {
        var topic = new Topic(message.Kind, message.Name);
        outlet.Tell(message.Subscriber, message.Refusal(reason));
        if (asker is not null) outlet.Tell(asker, topic.Failure(reason, null));
    }

    /// <summary>An actor unsubscribes.</summary>
    public void Unsubscribe(RedisUnsubscribe message, IActorRef? asker)
    {
        var topic = new Topic(message.Kind, message.Name);
        var answer = message.Answer();
        var entry = _topics.GetValueOrDefault(topic);
        var member = entry?.Members.Find(member => member.Subscriber.Equals(message.Subscriber));
        if (member is null) outlet.Tell(message.Subscriber, answer);
        else Remove(entry!, member, answer, "it has unsubscribed");
        if (asker is not null) outlet.Tell(asker, answer);
    }

    /// <summary>A subscriber has stopped.</summary>
    public void SubscriberStopped(IActorRef subscriber)
    {
        foreach (var member in Members.Where(member => member.Subscriber.Equals(subscriber)).ToList())
        {
            Remove(_topics[member.Topic], member, null, "the subscriber has stopped");
        }
    }

    /// <summary>There is a link: everything is asked for.</summary>
    public void LinkUp(long epoch)
    {
        _epoch = epoch;
        foreach (var entry in _topics.Values)
        {
            _returning.Add(entry);
            Ask(entry);
        }
    }

    /// <summary>The server has confirmed a subscription.</summary>
    /// <param name="topic">To what.</param>
    /// <param name="now">The time at which that is sure, by the server's clock where it is known.</param>
    public void Confirmed(Topic topic, DateTimeOffset now)
    {
        if (!_topics.TryGetValue(topic, out var entry) || entry.State != TopicState.Asked) return;
        entry.State = TopicState.Confirmed;
        entry.ConfirmedAt = now;
        if (entry.Members.Count == 0) Leave(entry);
        else if (_returning.Contains(entry)) _returned.Add(entry);
        else GoOn(entry);
        Returned(entry);
    }

    /// <summary>The server has refused a subscription for good.</summary>
    public void Refused(Topic topic, string error)
    {
        if (!_topics.TryGetValue(topic, out var entry) || entry.State != TopicState.Asked) return;
        End(entry, $"the server refuses {topic}: {error}", error);
        Returned(entry);
    }

    /// <summary>The server has refused a subscription for the time being: it is asked again at <see cref="AskAgain"/>.</summary>
    public void Postponed(Topic topic)
    {
        if (_topics.TryGetValue(topic, out var entry) && entry.State == TopicState.Asked) entry.State = TopicState.Idle;
    }

    /// <summary>Asks for what was postponed.</summary>
    public void AskAgain()
    {
        if (_epoch is null) return;
        foreach (var entry in _topics.Values.Where(entry => entry.State == TopicState.Idle).ToList())
        {
            if (entry.Members.Count > 0) Ask(entry);
            else Forget(entry);
        }
    }

    /// <summary>The server sends no more of a topic, as it was asked to.</summary>
    public void Left(Topic topic)
    {
        if (!_topics.TryGetValue(topic, out var entry) || entry.State != TopicState.Leaving) return;
        entry.State = TopicState.Idle;
        if (entry.Members.Count == 0) Forget(entry);
        else Ask(entry);
    }

    /// <summary>
    /// The server does not have a topic any more: another node does. It goes there with its subscribers, who are told of the interruption.
    /// Null: there is none.
    /// </summary>
    public TopicEntry? Displace(Topic topic, DateTimeOffset since, string cause, TimeSpan lastSign)
    {
        if (!_topics.TryGetValue(topic, out var entry)) return null;
        if (entry.Members.Count > 0) Interrupt(entry, _epoch ?? 0, since, cause, lastSign);
        foreach (var member in entry.Members)
        {
            _crowded.Remove(member);
            outlet.Ended(member);
            _subscribers.Remove(member.Subscriber);
        }

        entry.State = TopicState.Idle;
        Forget(entry);
        return entry.Members.Count > 0 ? entry : null;
    }

    /// <summary>The same with all topics.</summary>
    public List<TopicEntry> DisplaceAll(DateTimeOffset since, string cause, TimeSpan lastSign) =>
        [.. _topics.Keys.ToList().Select(topic => Displace(topic, since, cause, lastSign)).OfType<TopicEntry>()];

    /// <summary>A topic has come from another node.</summary>
    public void Adopt(TopicEntry arrived)
    {
        foreach (var member in arrived.Members)
        {
            member.MoveTo(outlet);
            _subscribers.Add(member.Subscriber);
            if (member.Waiting > 0) _crowded.Add(member);
        }

        if (!_topics.TryGetValue(arrived.Topic, out var entry))
        {
            _topics.Add(arrived.Topic, arrived);
            if (_epoch is not null) Ask(arrived);
            return;
        }

        foreach (var member in arrived.Members)
        {
            if (entry.Members.Find(other => other.Subscriber.Equals(member.Subscriber)) is { } other)
            {
                member.Askers.AddRange(other.Askers);
                other.Askers.Clear();
                Discharge(entry, other, null, "it has subscribed twice", null);
            }

            entry.Members.Add(member);
        }

        if (entry.State == TopicState.Confirmed && !_returning.Contains(entry) && !_returned.Contains(entry)) GoOn(entry);
        else if (entry.State == TopicState.Idle && _epoch is not null) Ask(entry);
    }

    /// <summary>The link is gone.</summary>
    /// <param name="since">What was published before has come.</param>
    /// <param name="cause">Why.</param>
    /// <param name="lastSign">The same by the clock of this host, monotonic.</param>
    public void LinkLost(DateTimeOffset since, string cause, TimeSpan lastSign)
    {
        if (_epoch is not { } epoch) return;
        _epoch = null;
        _returning.Clear();
        _returned.Clear();
        foreach (var entry in _topics.Values.ToList())
        {
            if (entry.Members.Count == 0) Forget(entry);
            else Interrupt(entry, epoch, since, cause, lastSign);
        }
    }

    /// <summary>A message came over the link.</summary>
    public void OnMessage(Topic topic, RedisMessage message, TimeSpan now)
    {
        var entry = ReferenceEquals(_latest?.LatestName, topic) ? _latest : Find(topic);
        if (entry is null) return;
        for (var i = entry.Members.Count - 1; i >= 0; i--)
        {
            var member = entry.Members[i];
            if (!member.IsConfirmed && !_returned.Contains(entry)) continue;
            if (member.Log is null || member.Log.Take(message, now)) Offer(entry, member, message);
        }
    }

    /// <summary>Whether there is a subscriber that it is worth waiting for, before more is read.</summary>
    public bool IsBehind()
    {
        if (_crowded.Count == 0) return false;
        _crowded.RemoveWhere(member => member.Waiting == 0);
        return _crowded.Any(member => member is { IsBehind: true, IsSlow: false });
    }

    /// <summary>Those that are behind have been waited for long enough.</summary>
    public void WaitNoLonger()
    {
        foreach (var member in _crowded.Where(member => member.IsBehind)) member.IsSlow = true;
    }

    /// <summary>Asks those for whom messages wait once more how much they have taken.</summary>
    public void MarkCrowded()
    {
        _crowded.RemoveWhere(member => member.Waiting == 0);
        foreach (var member in _crowded) member.MarkAgain();
    }

    /// <summary>A subscriber has taken as many messages as it had been sent at a mark.</summary>
    public void Taken(Membership member, long mark, TimeSpan now)
    {
        member.Taken(mark);
        if (member.ReadsOn) ReadOn(member, now);
    }

    /// <summary>Asks the streams how far they go. Called about once a second.</summary>
    public void Mark()
    {
        if (_epoch is null) return;
        foreach (var member in _topics.Values.Where(entry => entry.State == TopicState.Confirmed).SelectMany(entry => entry.Members))
        {
            if (member is { IsConfirmed: true, Log.IsOpen: false }) outlet.AskExtent(member);
        }
    }

    /// <summary>Goes on reading where it waited for a subscriber that is too slow. Called about once a second.</summary>
    public void ReadOn(TimeSpan now)
    {
        foreach (var member in Members.Where(member => member.ReadsOn).ToList()) ReadOn(member, now);
    }

    /// <summary>The stream of a subscriber goes so far; null: the server does not say.</summary>
    public void OnExtent(Membership member, StreamExtent? extent, TimeSpan now)
    {
        if (!Has(member) || member.Log is not { } log) return;
        if (!log.IsReading)
        {
            if (extent is not null) log.Mark(extent, now);
            return;
        }

        log.SetTarget(extent);
        member.ReadsOn = true;
        ReadOn(member, now);
    }

    /// <summary>A page of the stream of a subscriber; null: it cannot be read.</summary>
    public void OnPage(Membership member, IReadOnlyList<StreamEntry>? page, TimeSpan now)
    {
        if (!Has(member) || member.Log is not { IsReading: true } log) return;
        foreach (var payload in log.Read(page ?? []))
        {
            member.Backfill(new RedisMessage(member.Topic.Name, null, payload, _epoch!.Value));
            if (member.Waiting > 0) _crowded.Add(member);
        }

        if (page is not { Count: BackfillLog.PageSize })
        {
            EndReading(member, log, failed: page is null, now);
            return;
        }

        member.ReadsOn = true;
        ReadOn(member, now);
    }

    /// <summary>Nobody subscribes to anything any more.</summary>
    public void EndAll(string reason)
    {
        foreach (var entry in _topics.Values.ToList())
        {
            DischargeAll(entry, reason, null);
            if (entry.State is TopicState.Confirmed && _epoch is not null) Leave(entry);
            else if (entry.State is TopicState.Idle) Forget(entry);
        }
    }

    private TopicEntry? Find(Topic topic)
    {
        if (_topics.TryGetValue(topic, out var entry)) (_latest, entry.LatestName) = (entry, topic);
        return entry;
    }

    private void Ask(TopicEntry entry)
    {
        entry.State = TopicState.Asked;
        outlet.Subscribe(entry.Topic);
    }

    private void Leave(TopicEntry entry)
    {
        entry.State = TopicState.Leaving;
        outlet.Unsubscribe(entry.Topic);
    }

    /// <summary>When the last of those has been answered, everything goes on.</summary>
    private void Returned(TopicEntry entry)
    {
        if (!_returning.Remove(entry) || _returning.Count > 0) return;
        var returned = _returned.ToArray();
        _returned.Clear();
        foreach (var each in returned) GoOn(each);
    }

    private void GoOn(TopicEntry entry)
    {
        foreach (var member in entry.Members.ToArray())
        {
            var log = member.Log;
            if (log is not null) outlet.AskExtent(member);
            if (log is { IsOpen: true }) log.BeginReading(entry.ConfirmedAt);
            else GoOn(entry, member, null);
        }
    }

    private void GoOn(TopicEntry entry, Membership member, BackfillLog? log)
    {
        if (member.Gap is not { } gap)
        {
            // It may have come when the server had confirmed already.
            if (!member.IsConfirmed) Confirm(member, member.SubscribedAt > entry.ConfirmedAt ? member.SubscribedAt : entry.ConfirmedAt);
            return;
        }

        member.GoOn(
            new RedisSubscriptionResumed(entry.Topic.Kind, entry.Topic.Name, gap.From, entry.ConfirmedAt, gap.Epoch, _epoch!.Value, gap.Cause)
            {
                Backfilled = log?.Backfilled ?? 0,
                IsComplete = log?.IsComplete ?? false,
            });
        outlet.Resumed(log?.IsComplete ?? false);
        Answer(member, entry.ConfirmedAt);
    }

    private bool Has(Membership member) =>
        _epoch is not null && _topics.TryGetValue(member.Topic, out var entry) && entry.Members.Contains(member);

    private void Offer(TopicEntry entry, Membership member, RedisMessage message)
    {
        if (!member.Offer(message, MayExceed)) EndSlow(entry, member);
        else if (member.Waiting > 0) _crowded.Add(member);
    }

    /// <summary>The next page is asked for when the subscriber has taken the former one, or is too slow to be waited for.</summary>
    private void ReadOn(Membership member, TimeSpan now)
    {
        if (!Has(member) || member.Log is not { IsReading: true } log || (member.Waiting > 0 && !member.IsSlow)) return;
        member.ReadsOn = false;
        if (log.NextPage is var (after, to)) outlet.AskPage(member, after, to);
        else EndReading(member, log, failed: false, now);
    }

    private void EndReading(Membership member, BackfillLog log, bool failed, TimeSpan now)
    {
        if (log.EndReading(failed))
        {
            outlet.AskExtent(member);
            return;
        }

        var entry = _topics[member.Topic];
        var next = log.Close(now);
        GoOn(entry, member, log);
        foreach (var message in next)
        {
            if (entry.Members.Contains(member)) Offer(entry, member, message);
        }

        if (log.NeedsMark && Has(member)) outlet.AskExtent(member);
    }

    private void Confirm(Membership member, DateTimeOffset at)
    {
        member.IsConfirmed = true;
        member.GoOn(new RedisSubscribed(member.Topic.Kind, member.Topic.Name, _epoch!.Value, at));
        Answer(member, at);
    }

    private void Answer(Membership member, DateTimeOffset at)
    {
        foreach (var asker in member.Askers) outlet.Tell(asker, new RedisSubscribed(member.Topic.Kind, member.Topic.Name, _epoch!.Value, at));
        member.Askers.Clear();
    }

    private void Interrupt(TopicEntry entry, long epoch, DateTimeOffset since, string cause, TimeSpan lastSign)
    {
        var gap = new SubscriptionGap(since, epoch, cause);
        entry.State = TopicState.Idle;
        foreach (var member in entry.Members)
        {
            member.ReadsOn = false;
            if (member.IsConfirmed) member.Log?.Open(lastSign);
            if (member.IsInterrupted || !member.IsConfirmed)
            {
                member.ForgetHeld();
                continue;
            }

            member.Interrupt(gap);
        }
    }

    private void EndSlow(TopicEntry entry, Membership member)
    {
        var reason = $"the subscriber is too slow: it has more unread messages of {entry.Topic} than it may";
        Remove(entry, member, new RedisSubscriptionEnded(entry.Topic.Kind, entry.Topic.Name, reason), reason);
    }

    private void End(TopicEntry entry, string reason, string? serverError)
    {
        DischargeAll(entry, reason, serverError);
        Forget(entry);
    }

    private void DischargeAll(TopicEntry entry, string reason, string? serverError)
    {
        foreach (var member in entry.Members.ToArray())
        {
            Discharge(entry, member, new RedisSubscriptionEnded(entry.Topic.Kind, entry.Topic.Name, reason, serverError), reason, serverError);
        }
    }

    private void Remove(TopicEntry entry, Membership member, RedisSubscriptionEvent? last, string reason)
    {
        Discharge(entry, member, last, reason, null);
        if (entry.Members.Count > 0) return;
        if (entry.State == TopicState.Confirmed) Leave(entry);
        else if (entry.State == TopicState.Idle) Forget(entry);
    }

    private void Discharge(TopicEntry entry, Membership member, RedisSubscriptionEvent? last, string reason, string? serverError)
    {
        entry.Members.Remove(member);
        _crowded.Remove(member);
        outlet.Ended(member);
        _subscribers.Remove(member.Subscriber);
        if (last is not null) member.TellLast(last);
        foreach (var asker in member.Askers) outlet.Tell(asker, entry.Topic.Failure(reason, serverError));
        member.Askers.Clear();
    }

    private void Forget(TopicEntry entry)
    {
        _topics.Remove(entry.Topic);
        outlet.Ended(entry.Topic);
        _returned.Remove(entry);
        if (_latest == entry) _latest = null;
        Returned(entry);
    }
}
