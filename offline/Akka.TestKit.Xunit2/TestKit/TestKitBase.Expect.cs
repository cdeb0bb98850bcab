#nullable disable // as Akka.TestKit
using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message is of that type.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(
            duration, hint, (_, _) => { }, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            duration, hint, (_, _) => { }, cancellationToken);

    /// <summary>The next message equals that one.</summary>
    public T ExpectMsg<T>(
        T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, _) => _assertions.AssertEqual(message, actual, hint ?? ""), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, _) => _assertions.AssertEqual(message, actual, hint ?? ""), cancellationToken);

    public T ExpectMsg<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, _) => CheckMessage(isMessage(actual), actual, hint), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, _) => CheckMessage(isMessage(actual), actual, hint), cancellationToken);

    public T ExpectMsg<T>(
        Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, _) => assert(actual), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, _) => assert(actual), cancellationToken);

    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, sender) => CheckMessage(isMessageAndSender(actual, sender), actual, hint), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, sender) => CheckMessage(isMessageAndSender(actual, sender), actual, hint), cancellationToken);

    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, assertMessageAndSender, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, assertMessageAndSender, cancellationToken);

    public T ExpectMsg<T>(
        T expected,
        Func<T, T, bool> comparer,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, _) => _assertions.AssertEqual(expected, actual, comparer, hint ?? ""), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(
        T expected,
        Func<T, T, bool> comparer,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, _) => _assertions.AssertEqual(expected, actual, comparer, hint ?? ""), cancellationToken);

    /// <summary>The next message is of that type, and from that sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(
            duration, hint, (_, actual) => CheckSender(sender, actual, hint), cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            duration, hint, (_, actual) => CheckSender(sender, actual, hint), cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender,
        T message,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                _assertions.AssertEqual(message, actual, hint ?? "");
            }, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        T message,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                _assertions.AssertEqual(message, actual, hint ?? "");
            }, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                CheckMessage(isMessage(actual), actual, hint);
            }, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                CheckMessage(isMessage(actual), actual, hint);
            }, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                assertMessage(actual);
            }, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender,
        Action<T> assertMessage,
        TimeSpan? timeout = null,
        string hint = null,
        CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(
            timeout, hint, (actual, actualSender) =>
            {
                CheckSender(sender, actualSender, hint);
                assertMessage(actual);
            }, cancellationToken);

    /// <summary>The test actor is told of the end of an actor that it watches.</summary>
    public Terminated ExpectTerminated(
        IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        Expect<Terminated>(timeout, hint, (actual, _) => CheckTerminated(target, actual, hint), cancellationToken);

    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<Terminated>(timeout, hint, (actual, _) => CheckTerminated(target, actual, hint), cancellationToken);

    /// <summary>The next message equals one of those.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        Expect<T>(null, null, (actual, _) => CheckAnyOf(messages, actual), cancellationToken);

    public ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(null, null, (actual, _) => CheckAnyOf(messages, actual), cancellationToken);

    /// <summary>The next messages equal those, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) =>
        Wait(ExpectAllAsync(RemainingOrDefault, messages, CancellationToken.None));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Wait(ExpectAllAsync(RemainingOrDefault, messages, cancellationToken));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) =>
        Wait(ExpectAllAsync(Dilated(max), messages, CancellationToken.None));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Wait(ExpectAllAsync(Dilated(max), messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Each(token => ExpectAllAsync(RemainingOrDefault, messages, token), cancellationToken);

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Each(token => ExpectAllAsync(Dilated(max), messages, token), cancellationToken);

    /// <summary>Nothing comes for that long, which is how long this takes when it succeeds.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) => Wait(ExpectNothingAsync(null, cancellationToken));

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Wait(ExpectNothingAsync(duration, cancellationToken));

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public async ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        await ExpectNothingAsync(null, cancellationToken).ConfigureAwait(false);

    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        await ExpectNothingAsync(duration, cancellationToken).ConfigureAwait(false);

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <summary>Passes over messages until one meets the condition.</summary>
    public object FishForMessage(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessage<object>(isMessage, max, hint, cancellationToken);

    public T FishForMessage<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Wait(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var bound = RemainingOrDilated(max);
        var stop = Now + bound;
        while (true)
        {
            var (success, envelope) = await TryReceiveOneAsync(Positive(stop - Now), cancellationToken).ConfigureAwait(false);
            _assertions.AssertTrue(success, "Timeout ({0}) during fishForMessage{1}", bound, Hinted(hint));
            if (envelope.Message is T message && isMessage(message))
                return message;
        }
    }

    /// <summary>Passes over messages until one is of that type.</summary>
    public async Task FishUntilMessageAsync<T>(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        await FishForMessageAsync<T>(_ => true, max, "", cancellationToken).ConfigureAwait(false);

    private static string Hinted(string hint) => string.IsNullOrEmpty(hint) ? "" : $", hint: {hint}";

    private T Expect<T>(TimeSpan? timeout, string hint, Action<T, IActorRef> check, CancellationToken cancellationToken)
    {
        var bound = RemainingOrDilated(timeout);
        TryReceiveOne(out var envelope, bound, cancellationToken);
        return Accept(envelope, bound, hint, check);
    }

    private async ValueTask<T> ExpectAsync<T>(
        TimeSpan? timeout, string hint, Action<T, IActorRef> check, CancellationToken cancellationToken)
    {
        var bound = RemainingOrDilated(timeout);
        var (_, envelope) = await TryReceiveOneAsync(bound, cancellationToken);
        return Accept(envelope, bound, hint, check);
    }

    private T Accept<T>(MessageEnvelope envelope, TimeSpan bound, string hint, Action<T, IActorRef> check)
    {
        if (envelope is NullMessageEnvelope)
        {
            _assertions.Fail("Failed: Timeout {0} while waiting for a message of type {1} {2}", bound, typeof(T), hint ?? "");
        }
        else if (envelope.Message is not T and not null)
        {
            _assertions.Fail(
                "Failed: Expected a message of type {0}, but received {{{1}}} (type {2}) instead {3} from {4}",
                typeof(T), envelope.Message, envelope.Message.GetType(), hint ?? "", envelope.Sender);
        }

        var message = (T)envelope.Message;
        check(message, envelope.Sender);
        return message;
    }

    private void CheckMessage<T>(bool matches, T actual, string hint) => _assertions.AssertTrue(
        matches,
        "Got a message of the expected type <{2}>. Also expected {0} but the message {{{1}}} of type <{2}> did not match",
        hint ?? "the predicate to return true", actual, typeof(T));

    private void CheckSender(IActorRef expected, IActorRef actual, string hint) =>
        _assertions.AssertEqual(expected, actual, "{0}", Hinted(hint));

    private void CheckTerminated(IActorRef target, Terminated actual, string hint) =>
        _assertions.AssertEqual(target, actual.ActorRef, "{0}", Hinted(hint));

    private void CheckAnyOf<T>(IEnumerable<T> messages, T actual) =>
        _assertions.AssertTrue(messages.Contains(actual), "Found unexpected message {0}", actual);

    private async Task<List<T>> ExpectAllAsync<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken)
    {
        var received = await ReceiveAllAsync(messages.Count, max, cancellationToken).ConfigureAwait(false);
        var missing = messages.Where(expected => !received.Contains(expected)).ToList();
        var unexpected = received.Where(actual => actual is not T typed || !messages.Contains(typed)).ToList();
        _assertions.AssertTrue(
            missing.Count == 0 && unexpected.Count == 0,
            "Not found [{0}], found unexpected [{1}]", string.Join(", ", missing), string.Join(", ", unexpected));
        return [.. received.Cast<T>()];
    }

    private async Task<bool> ExpectNothingAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        var bound = RemainingOrDilated(duration);
        var start = Now;
        var (success, envelope) = await TryReceiveOneAsync(bound, cancellationToken).ConfigureAwait(false);
        if (success)
        {
            _assertions.Fail(
                "Failed: Expected no messages during {0}, instead we received {1} after {2}", bound, envelope, Now - start);
        }

        return true;
    }
}
