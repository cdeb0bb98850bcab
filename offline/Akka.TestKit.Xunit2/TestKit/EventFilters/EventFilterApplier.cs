#nullable disable // as Akka.TestKit
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.TestEvent;

namespace Akka.TestKit.Internal;

internal sealed class EventFilterApplier : IEventFilterApplier
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;

    public EventFilterApplier(TestKitBase testkit, ActorSystem system, IReadOnlyList<EventFilterBase> filters)
    {
        _testkit = testkit;
        _system = system;
        _filters = filters;
    }

    public EventFilterFactory And => new(_testkit, _system, _filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) =>
        Intercept(Returning(action), null, 1, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Intercept(Returning(action), timeout, 1, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, null, 1, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, timeout, 1, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        InterceptAsync(Returning(actionAsync), null, 1, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        InterceptAsync(Returning(action), timeout, 1, cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, null, 1, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, timeout, 1, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Intercept(Returning(action), null, expectedCount, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Intercept(Returning(action), timeout, expectedCount, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, null, expectedCount, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, timeout, expectedCount, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        InterceptAsync(Returning(actionAsync), null, expectedCount, cancellationToken);

    public Task ExpectAsync(
        int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        InterceptAsync(Returning(actionAsync), timeout, expectedCount, cancellationToken);

    public Task ExpectAsync(
        int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        InterceptAsync(Returning(action), timeout, expectedCount, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, null, expectedCount, cancellationToken);

    public Task<T> ExpectAsync<T>(
        int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, timeout, expectedCount, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) => Mute(Returning(action), cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        return func();
    }

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        MuteAsync(Returning(action), cancellationToken);

    public async Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        return await func();
    }

    public IUnmutableFilter Mute() => new Muted(_system, _filters);

    private static Func<object> Returning(Action action) => () =>
    {
        action();
        return null;
    };

    private static Func<Task<object>> Returning(Func<Task> action) => async () =>
    {
        await action();
        return null;
    };

    private T Intercept<T>(Func<T> run, TimeSpan? timeout, int expected, CancellationToken cancellationToken)
    {
        using var counter = new Counter(_system, _filters);
        var result = run();
        CountAsync(counter, timeout, expected, cancellationToken).GetAwaiter().GetResult();
        return result;
    }

    private async Task<T> InterceptAsync<T>(
        Func<Task<T>> run, TimeSpan? timeout, int expected, CancellationToken cancellationToken)
    {
        using var counter = new Counter(_system, _filters);
        var result = await run();
        await CountAsync(counter, timeout, expected, cancellationToken);
        return result;
    }

    private async Task CountAsync(Counter counter, TimeSpan? timeout, int expected, CancellationToken cancellationToken)
    {
        var max = _testkit.Dilated(timeout ?? _testkit.TestKitSettings.TestEventFilterLeeway);
        var stop = TestKitBase.Now + max;
        while (TestKitBase.Now < stop && (expected == 0 ? counter.Count == 0 : counter.Count < expected))
            await Task.Delay(Step, cancellationToken).ConfigureAwait(false);

        // What was logged before now may still be on its way, and one event too many is as wrong as one too few.
        await EverythingCountedAsync(max).ConfigureAwait(false);
        var count = counter.Count;
        if (count == expected)
            return;

        var filters = string.Join(", ", _filters);
        _testkit.TestAssertions.Fail("{0}", count < expected
            ? $"Timeout ({max}) while waiting for messages. Only received {count}/{expected} messages that matched filter [{filters}]"
            : $"Received {Messages(count - expected)} too many. Expected {Messages(expected)} but received {count} " +
              $"that matched filter [{filters}]");
    }

    private static string Messages(int count) => count == 1 ? "1 message" : $"{count} messages";

    private async Task EverythingCountedAsync(TimeSpan max)
    {
        var mark = new EverythingBeforeIsCounted();
        _system.EventStream.Publish(mark);
        await Task.WhenAny(mark.Done.Task, Task.Delay(max)).ConfigureAwait(false);
    }

    /// <summary>The filters at work for as long as this lives.</summary>
    private class Muted : IUnmutableFilter
    {
        private readonly ActorSystem _system;
        private readonly IReadOnlyList<EventFilterBase> _filters;

        public Muted(ActorSystem system, IReadOnlyList<EventFilterBase> filters)
        {
            _system = system;
            _filters = filters;
            system.EventStream.Publish(new Mute(filters));
        }

        public void Unmute() => _system.EventStream.Publish(new Unmute(_filters));

        public void Dispose() => Unmute();
    }

    private sealed class Counter : IDisposable
    {
        private readonly IReadOnlyList<EventFilterBase> _filters;
        private readonly Muted _muted;
        private int _count;

        public Counter(ActorSystem system, IReadOnlyList<EventFilterBase> filters)
        {
            _filters = filters;
            foreach (var filter in filters)
                filter.EventMatched += OnMatched;

            _muted = new Muted(system, filters);
        }

        public int Count => Volatile.Read(ref _count);

        public void Dispose()
        {
            _muted.Dispose();
            foreach (var filter in _filters)
                filter.EventMatched -= OnMatched;
        }

        private void OnMatched(EventFilterBase filter, LogEvent logEvent) => Interlocked.Increment(ref _count);
    }
}
