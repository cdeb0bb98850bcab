using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

/// <summary>The sender of a command that is awaited.</summary>
public sealed class ReplyPromiseTests
{
    private static readonly RedisCommand Command = new("INCR", "n");

    /// <summary>The command is ended between the decision of whoever cancels it and the news of it.</summary>
    [Fact]
    public async Task Whoever_cancels_hears_that_it_was_cancelled_although_the_command_is_ended_in_the_same_moment()
    {
        for (var round = 0; round < 1_000; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var promise = new ReplyPromise(null!);
            promise.CancelWith(cancellation.Token, Command);
            using var start = new Barrier(2);
            var sending = Task.Run(() =>
            {
                start.SignalAndWait();
                while (promise.TryClaim()) Thread.SpinWait(1);
                promise.Tell(new Status.Failure(new RedisOutcomeException(Outcome.NotSent, Command, "ended")), ActorRefs.NoSender);
            });

            start.SignalAndWait();
            await cancellation.CancelAsync();
            await sending;

            await Assert.ThrowsAsync<RedisCanceledException>(() => promise.Reply);
        }
    }
}
