#nullable disable // as Akka.TestKit
using System.Runtime.CompilerServices;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, or null when none comes in time.</summary>
    public object ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        TryReceiveOne(out var envelope, max, cancellationToken) ? envelope.Message : null;

    public async ValueTask<object> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryReceiveOneAsync(max, cancellationToken).ConfigureAwait(false);
        return success ? envelope.Message : null;
    }

    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        (var success, envelope) = Wait(TryReceiveOneAsync(max, cancellationToken));
        return success;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(
        TimeSpan? max, CancellationToken cancellationToken = default)
    {
        var envelope = await _inbox.NextAsync(Bound(max), take: true, cancellationToken).ConfigureAwait(false);
        _last = envelope ?? NullMessageEnvelope.Instance;
        return (envelope != null, _last);
    }

    /// <summary>The next message, which stays the next one; null when none comes in time.</summary>
    public object PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Wait(PeekOneAsync(max, cancellationToken));

    public async ValueTask<object> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await _inbox.NextAsync(Bound(max), take: false, cancellationToken).ConfigureAwait(false))?.Message;

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllAsync(numberOfMessages, RemainingOrDefault, cancellationToken));

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllAsync(numberOfMessages, Dilated(max), cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Each(token => ReceiveAllAsync(numberOfMessages, RemainingOrDefault, token), cancellationToken);

    public IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Each(token => ReceiveAllAsync(numberOfMessages, Dilated(max), token), cancellationToken);

    /// <summary>
    /// The messages as far as the filter makes something of them. The first of which it makes nothing stays the next one;
    /// nothing within <paramref name="idle"/>, or <paramref name="max"/> in all, ends it too.
    /// </summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllWhileAsync(max, idle, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllWhileAsync(max, null, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Wait(ReceiveAllWhileAsync(max, idle, filter, msgs, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Func<object, T> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Each(token => ReceiveAllWhileAsync(max, idle, filter, msgs, token), cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Each(token => ReceiveAllWhileAsync(max, null, filter, msgs, token), cancellationToken);

    private static async IAsyncEnumerable<T> Each<T>(
        Func<CancellationToken, Task<List<T>>> receive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in await receive(cancellationToken))
            yield return item;
    }

    private async Task<List<object>> ReceiveAllAsync(int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var start = Now;
        var received = new List<object>();
        while (received.Count < count)
        {
            var left = max < TimeSpan.Zero ? max : Positive(start + max - Now);
            var (success, envelope) = await TryReceiveOneAsync(left, cancellationToken).ConfigureAwait(false);
            _assertions.AssertTrue(
                success,
                "Timeout ({0}) while expecting {1} messages. Only got {2} after {3}.", max, count, received.Count, Now - start);
            received.Add(envelope.Message);
        }

        return received;
    }

    private async Task<List<T>> ReceiveAllWhileAsync<T>(
        TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int count, CancellationToken cancellationToken)
    {
        var stop = Now + RemainingOrDilated(max);
        var received = new List<T>();
        while (received.Count < count)
        {
            var left = Positive(stop - Now);
            var wait = idle < left ? idle.Value : left;
            var next = await _inbox.NextAsync(wait, take: false, cancellationToken).ConfigureAwait(false);
            if (next == null || filter(next.Message) is not { } made)
                break;

            await TryReceiveOneAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            received.Add(made);
        }

        return received;
    }

    private static TimeSpan Positive(TimeSpan duration) => duration < TimeSpan.Zero ? TimeSpan.Zero : duration;

    private TimeSpan Bound(TimeSpan? max) => max ?? RemainingOrDefault;
}
