using System.Collections.Concurrent;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

public sealed class ReplyWaitersTests
{
    private const int Waves = 200;
    private const int InFlight = 300;

    [Fact]
    public async Task Each_request_is_told_once_and_what_its_own_task_came_to_whoever_completes_it()
    {
        var told = new ConcurrentQueue<(int Number, string Error)>();
        var all = new TaskCompletionSource();
        var waiters = new ReplyWaiters(NotHeard, (request, error) =>
        {
            told.Enqueue((((Request)request).Number, error.Message));
            if (told.Count == Waves * InFlight) all.TrySetResult();
        });

        for (var wave = 0; wave < Waves; wave++)
        {
            var replies = new TaskCompletionSource<RedisResult>[InFlight];
            var fail = Task.CompletedTask;
            for (var i = 0; i < InFlight; i++)
            {
                replies[i] = new TaskCompletionSource<RedisResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                waiters.Await(new Request((wave * InFlight) + i), replies[i].Task);

                // The first half is failed while the second is still being sent.
                if (i == InFlight / 2) fail = Task.Run(() => Fail(replies.AsSpan(0, InFlight / 2), wave * InFlight));
            }

            await fail;
            Fail(replies.AsSpan(InFlight / 2), (wave * InFlight) + (InFlight / 2));
        }

        await all.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Waves * InFlight, told.Count);
        Assert.Equal(Enumerable.Range(0, Waves * InFlight), told.Select(each => each.Number).Order());
        Assert.All(told, each => Assert.Equal(each.Number.ToString(), each.Error));
    }

    [Fact]
    public void A_task_that_has_ended_already_is_told_at_once_and_the_next_one_as_well()
    {
        var told = new List<Exception>();
        var waiters = new ReplyWaiters(NotHeard, (_, error) => told.Add(error));

        waiters.Await(new Request(1), Task.FromException<RedisResult>(new TimeoutException()));
        waiters.Await(new Request(2), Task.FromCanceled<RedisResult>(new CancellationToken(canceled: true)));

        Assert.Collection(told, error => Assert.IsType<TimeoutException>(error), error => Assert.IsType<TaskCanceledException>(error));
    }

    private static void NotHeard() => Assert.Fail("None of these errors is the server's.");

    private static void Fail(ReadOnlySpan<TaskCompletionSource<RedisResult>> replies, int firstNumber)
    {
        for (var i = 0; i < replies.Length; i++) replies[i].SetException(new InvalidOperationException($"{firstNumber + i}"));
    }

    private sealed class Request(int number) : LinkRequest
    {
        public int Number => number;

        public override string Name => "GET";

        public override RedisValue[] Arguments => [];

        public override int? Database => null;

        public override void Succeed(in RespValue value)
        {
        }

        public override void Reject(string serverError)
        {
        }

        public override void Refuse(string reason)
        {
        }

        public override void Garble(string reason)
        {
        }

        public override void Fail(LinkFault fault)
        {
        }
    }
}
