using Akka.Streams;
using Akka.Streams.Stage;

namespace RedisActors.Streams;

/// <summary>What a <see cref="PolledSource{T}"/> gets its elements from.</summary>
internal interface IPoll<T>
{
    /// <summary>
    /// The next elements, as soon as there are any. One call at a time, and only when an element is wanted.
    /// </summary>
    /// <param name="stopping">Ends the wait, with no elements. What was taken by then is returned all the same.</param>
    Task<IReadOnlyList<T>> NextAsync(CancellationToken stopping);

    /// <summary>Puts back elements that nobody will get.</summary>
    Task PutBackAsync(IReadOnlyList<T> elements);
}

/// <summary>
/// Emits what it asks for, and asks when there is demand and it has nothing. Stopped, it emits what it has; cancelled, it puts that back, and
/// so it does with what a reply still brings.
/// </summary>
internal sealed class PolledSource<T>(string name, Func<IPoll<T>> poll) : GraphStageWithMaterializedValue<SourceShape<T>, RedisSourceControl>
{
    private readonly Outlet<T> _out = new($"{name}.out");

    public override SourceShape<T> Shape => new(_out);

    protected override Attributes InitialAttributes => Attributes.CreateName(name);

    public override ILogicAndMaterializedValue<RedisSourceControl> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var end = new SourceEnd();
        return new LogicAndMaterializedValue<RedisSourceControl>(new Logic(this, poll(), end), new RedisSourceControl(end));
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<T> _out;
        private readonly IPoll<T> _poll;
        private readonly SourceEnd _end;
        private readonly Queue<T> _elements = new();
        private readonly CancellationTokenSource _stopping = new();
        private Task<IReadOnlyList<T>>? _asked;
        private Exception? _failure;

        public Logic(PolledSource<T> stage, IPoll<T> poll, SourceEnd end)
            : base(stage.Shape)
        {
            (_out, _poll, _end) = (stage._out, poll, end);
            SetHandler(_out, this);
        }

        public override void PreStart()
        {
            var stop = GetAsyncCallback(OnStop);
            _end.WhenAsked(stop);
        }

        public override void OnPull()
        {
            if (_elements.TryDequeue(out var element)) Push(_out, element);
            else if (_stopping.IsCancellationRequested) CompleteStage();
            else if (_asked is null) Ask();
        }

        public override void PostStop()
        {
            _stopping.Cancel();
            _ = EndAsync();
        }

        private void Ask()
        {
            var answered = GetAsyncCallback<Task<IReadOnlyList<T>>>(OnAnswered);
            _asked = _poll.NextAsync(_stopping.Token);
            _asked.ContinueWith(answered, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        private void OnAnswered(Task<IReadOnlyList<T>> answer)
        {
            _asked = null;
            if (!answer.IsCompletedSuccessfully)
            {
                _failure = answer.Exception?.InnerException ?? new TaskCanceledException(answer);
                FailStage(_failure);
                return;
            }

            foreach (var element in answer.Result) _elements.Enqueue(element);
            if (IsAvailable(_out)) OnPull();
            else CompleteIfDone();
        }

        private void OnStop()
        {
            _stopping.Cancel();
            CompleteIfDone();
        }

        private void CompleteIfDone()
        {
            if (_stopping.IsCancellationRequested && _asked is null && _elements.Count == 0) CompleteStage();
        }

        /// <summary>Whatever the reason why the stage is gone: nothing of what it took is lost.</summary>
        private async Task EndAsync()
        {
            var failure = _failure;
            try
            {
                if (_asked is { } asked)
                {
                    foreach (var element in await asked.ConfigureAwait(false)) _elements.Enqueue(element);
                }

                if (_elements.Count > 0) await _poll.PutBackAsync([.. _elements]).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                failure ??= error;
            }

            _end.Set(failure);
        }
    }
}
