#nullable disable // as Akka.TestKit
using System.Threading.Channels;
using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>What a test actor received and the test has not looked at yet; also how the test finds the actor's cell.</summary>
internal sealed class TestActorInbox
{
    private readonly Channel<MessageEnvelope> _messages = Channel.CreateUnbounded<MessageEnvelope>();

    public TaskCompletionSource<ActorCell> Cell { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasMessages => _messages.Reader.TryPeek(out _);

    public void Add(MessageEnvelope envelope) => _messages.Writer.TryWrite(envelope);

    /// <summary>The next message, or none in that time. A negative time waits for ever.</summary>
    public async ValueTask<MessageEnvelope> NextAsync(TimeSpan max, bool take, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryNext(take, out var envelope))
            return envelope;

        if (max == TimeSpan.Zero)
            return null;

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (max > TimeSpan.Zero)
            timeout.CancelAfter(max);

        try
        {
            while (await _messages.Reader.WaitToReadAsync(timeout.Token).ConfigureAwait(false))
            {
                if (TryNext(take, out envelope))
                    return envelope;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return null;
    }

    private bool TryNext(bool take, out MessageEnvelope envelope) =>
        take ? _messages.Reader.TryRead(out envelope) : _messages.Reader.TryPeek(out envelope);
}
