using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Waits for the tasks of one link's requests, without holding a thread and without allocating anything for each.</summary>
/// <remarks>
/// A continuation costs a delegate, and another object to bring it to the thread pool. A loop that awaits one task after the
/// other costs neither: what the runtime keeps for the loop serves for all of them. So there are as many such loops as requests
/// were ever under way at once, and those that wait for nothing wait here.
/// </remarks>
/// <param name="heard">Told when the server has answered, an error included.</param>
/// <param name="failed">Told of a request whose task brought no reply, and why.</param>
internal sealed class ReplyWaiters(Action heard, Action<LinkRequest, Exception> failed)
{
    /// <summary>What a burst has left behind beyond this many is given up.</summary>
    private const int MostIdle = 16_384;

    private readonly ConcurrentQueue<Waiter> _idle = new();

    /// <summary>Tells the request what comes of the task.</summary>
    public void Await(LinkRequest request, Task<RedisResult> reply)
    {
        Waiter? waiter;
        while (!_idle.TryDequeue(out waiter)) Waiter.Start(this);
        waiter.Await(request, reply);
    }

    /// <summary>One loop. What it awaits in turn: itself, until it is given a request, and that request's task.</summary>
    private sealed class Waiter(ReplyWaiters waiters) : ICriticalNotifyCompletion
    {
        private Action? _resume;
        private LinkRequest? _request;
        private Task<RedisResult>? _reply;

        public bool IsCompleted => false;

        /// <summary>Starts a loop, which comes to lie with the idle ones.</summary>
        public static void Start(ReplyWaiters waiters) => _ = new Waiter(waiters).RunAsync();

        public void Await(LinkRequest request, Task<RedisResult> reply)
        {
            _request = request;
            _reply = reply;
            _resume!();
        }

        public Waiter GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        /// <summary>The loop has come to where it waits for a request; from here on it can be given one.</summary>
        public void UnsafeOnCompleted(Action continuation)
        {
            _resume = continuation;
            if (waiters._idle.Count < MostIdle) waiters._idle.Enqueue(this);
        }

        private async Task RunAsync()
        {
            while (true)
            {
                await this;
                await ((Task)_reply!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var request = _request!;
                var reply = _reply;
                _request = null;
                _reply = null;
                waiters.Complete(request, reply);
            }
        }
    }

    private void Complete(LinkRequest request, Task<RedisResult> reply)
    {
        try
        {
            Tell(request, reply);
        }
        catch (Exception error)
        {
            // Nobody throws here. Should it happen, it is to be as loud as in any callback, and the loop is to go on.
            ThreadPool.UnsafeQueueUserWorkItem(static thrown => thrown.Throw(), ExceptionDispatchInfo.Capture(error), preferLocal: false);
        }
    }

    private void Tell(LinkRequest request, Task<RedisResult> reply)
    {
        if (reply.IsCompletedSuccessfully)
        {
            heard();
            request.Complete(reply.Result);
        }
        else
        {
            var error = reply.Exception?.InnerException ?? new TaskCanceledException(reply);
            if (error is RedisServerException) heard();
            failed(request, error);
        }
    }
}
