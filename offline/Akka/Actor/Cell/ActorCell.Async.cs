#nullable disable
using System.Runtime.ExceptionServices;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public partial class ActorCell
{
    private ActorTaskScheduler _taskScheduler;

    public virtual ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    /// <summary>
    /// Runs an asynchronous handler. What it does up to its first real wait happens at once. If it is not done then, user
    /// messages are held back until it is, and its continuations run as system messages of this actor.
    /// </summary>
    internal void RunAsyncHandler(Func<Task> handler)
    {
        var started = new Task<Task>(handler);
        started.RunSynchronously(TaskScheduler);
        if (started.IsFaulted)
        {
            ExceptionDispatchInfo.Throw(started.Exception!.InnerException!);
        }

        var running = started.GetAwaiter().GetResult();
        if (running == null || running.IsCompletedSuccessfully)
        {
            return;
        }

        if (running.IsCompleted)
        {
            running.GetAwaiter().GetResult();
        }

        _mailbox.Suspend();
        running.ContinueWith(
            static (ended, cell) => ((ActorCell)cell)._mailbox.PostSystem(new AsyncHandlerDone(FailureOf(ended))),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            global::System.Threading.Tasks.TaskScheduler.Default);
    }

    private static Exception FailureOf(Task ended) => ended switch
    {
        { IsFaulted: true } => ended.Exception!.InnerException,
        { IsCanceled: true } => new TaskCanceledException(ended),
        _ => null,
    };

    private void RunTask(Task task)
    {
        // A new instance, or none, must not be disturbed by what an earlier one had begun.
        if (_actor != null)
        {
            TaskScheduler.Execute(task);
        }
    }

    private void AsyncHandlerEnded(AsyncHandlerDone done)
    {
        _mailbox.Resume();
        if (_actor == null || _children.IsTerminating)
        {
            return;
        }

        if (done.Failure != null)
        {
            HandleInvokeFailure(done.Failure);
        }
        else
        {
            CurrentMessage = null;
        }

        RestartReceiveTimeout();
    }
}
