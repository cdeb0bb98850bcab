#nullable disable
using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// Takes the answer to an <c>Ask</c>. It gets a path under /temp only when someone asks for its path, since most answers are
/// told straight to the reference.
/// </summary>
public class FutureActorRef<T> : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<IInternalActorRef, byte> _watchers = new();
    private CancellationTokenSource _timeout;
    private CancellationTokenRegistration _cancellation;
    private CancellationTokenRegistration _expiry;
    private ActorPath _path;

    internal FutureActorRef(IActorRefProvider provider)
    {
        Provider = provider;
    }

    public override IActorRefProvider Provider { get; }

    public override ActorPath Path
    {
        get
        {
            if (_path is null)
            {
                var path = Provider.TempPath();
                if (Interlocked.CompareExchange(ref _path, path, null) is null)
                {
                    Provider.RegisterTempActor(this, path);
                    if (_result.Task.IsCompleted)
                    {
                        Provider.UnregisterTempActor(path);
                    }
                }
            }

            return _path;
        }
    }

    internal Task<T> Result => _result.Task;

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch when _result.Task.IsCompleted:
                watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
                break;
            case Watch watch:
                _watchers.TryAdd(watch.Watcher, 0);
                break;
            case Unwatch unwatch:
                _watchers.TryRemove(unwatch.Watcher, out _);
                break;
        }
    }

    internal void CancelWith(CancellationToken cancellation) =>
        _cancellation = cancellation.Register(
            static (self, token) =>
            {
                var future = (FutureActorRef<T>)self;
                if (future._result.TrySetCanceled(token))
                {
                    future.End();
                }
            },
            this);

    internal void EndAfter(TimeSpan timeout)
    {
        _timeout = new CancellationTokenSource(timeout);
        _expiry = _timeout.Token.Register(() =>
        {
            var seconds = timeout.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
            if (_result.TrySetException(new AskTimeoutException($"Timeout after {seconds} seconds")))
            {
                End();
            }
        });
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var first = message switch
        {
            T answer => _result.TrySetResult(answer),
            null => _result.TrySetResult(default),
            Status.Failure failure => _result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => RefuseType(message),
        };
        if (first)
        {
            End();
        }
        else
        {
            Provider.DeadLetters.Tell(new Event.DeadLetter(message, sender ?? Provider.DeadLetters, this), sender);
        }
    }

    private bool RefuseType(object message)
    {
        Provider.DeadLetters.Tell(message, this);
        return _result.TrySetException(
            new ArgumentException($"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
    }

    private void End()
    {
        _cancellation.Unregister();
        _expiry.Unregister();
        _timeout?.Dispose();
        if (_path is not null)
        {
            Provider.UnregisterTempActor(_path);
        }

        foreach (var watcher in _watchers.Keys)
        {
            watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
        }
    }
}
