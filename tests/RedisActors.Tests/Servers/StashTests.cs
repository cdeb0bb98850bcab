using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Tests.Servers;

[Collection(nameof(AllProcessors))]
public sealed class StashTests : ServerSpec
{
    private const int Million = 1_000_000;

    /// <summary>The budget of a waiting command beyond its own arguments: the command object, its place in the ledger, all.</summary>
    private const int BytesPerCommand = 256;

    /// <summary>What the commands share here, unless they travelled: the texts of name, key and value, and the state in its box.</summary>
    private const int BytesThatAreShared = 32 + 32 + 32 + 24;

    [Fact]
    public async Task A_million_waiting_commands_stay_within_their_budget_of_memory_and_are_answered_in_order()
    {
        Server.Kill();
        var redis = Redis("stash { max-count = 1000000, max-bytes = 1GiB }\ncommand-timeout = 5m");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = Kit.Sys.ActorOf(Props.Create(() => new InOrder(done)));
        RedisValue key = "list";
        RedisValue value = "x";
        object state = Million;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Million; i++) redis.Tell(new RedisCommand("RPUSH", key, value) { State = state }, receiver);
        await Kit.AwaitAssertAsync(async () =>
            Assert.Equal(Million, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed), TimeSpan.FromMinutes(1));

        // The arguments: an array of two values, which hold nothing but what they share here.
        var arguments = 24 + (2 * System.Runtime.CompilerServices.Unsafe.SizeOf<RedisValue>());
        if (MessagesAsBytes.On) arguments += BytesThatAreShared;
        var perCommand = (GC.GetTotalMemory(forceFullCollection: true) - before) / Million;
        Assert.InRange(perCommand - arguments, 1, BytesPerCommand);

        await Server.StartAgainAsync();
        await done.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal($"{Million}", (await Server.ExecuteAsync("LLEN", "list")).Text);
    }

    /// <summary>Expects the replies 1, 2, 3, …: the lengths of the list as each command left it.</summary>
    private sealed class InOrder : ReceiveActor
    {
        private long _last;

        public InOrder(TaskCompletionSource done)
        {
            Receive<RedisReply>(reply =>
            {
                if (reply.Value.AsInt64() != ++_last) done.TrySetException(new InvalidOperationException($"{reply.Value} came after {_last - 1}"));
                if (_last == Million) done.TrySetResult();
            });
            Receive<Status.Failure>(failure => done.TrySetException(failure.Cause));
        }
    }
}
