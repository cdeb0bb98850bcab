using System.Buffers;
using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>An argument may be memory that its owner has taken back. Its command pays for that, and nobody else.</summary>
public sealed class LostMemoryTests : ServerSpec
{
    private static readonly RedisValue Lost = new LostMemory().Memory;

    public static TheoryData<string, DeliveryMode, int> Commands
    {
        get
        {
            var commands = new TheoryData<string, DeliveryMode, int>();
            string[] lines = ["SET k v", "SET k v NX", "INCR k", "MSET k 1", "XREAD STREAMS k 0", "XADD k 1-1 f v", "SUNIONSTORE k o", "EVAL code 1 k"];
            foreach (var line in lines)
            {
                for (var lost = 0; lost < line.Split(' ').Length - 1; lost++)
                {
                    foreach (var delivery in Enum.GetValues<DeliveryMode>()) commands.Add(line, delivery, lost);
                }
            }

            return commands;
        }
    }

    [Fact]
    public async Task The_command_is_not_sent_and_the_others_are_answered_over_the_same_connection()
    {
        var redis = Redis("lanes = 2");
        await AskAsync(redis, "PING");

        foreach (var row in Commands)
        {
            var words = ((string)row[0]).Split(' ');
            RedisValue[] arguments = [.. words.Skip(1).Select(word => (RedisValue)word)];
            arguments[(int)row[2]] = Lost;
            var delivery = (DeliveryMode)row[1];
            var command = new RedisCommand(words[0], arguments)
            {
                Delivery = delivery, IdempotencyKey = delivery == DeliveryMode.ExactlyOnce ? "token" : null,
            };

            var broken = redis.Ask<RedisReply>(command, Patience);
            var other = AskAsync(redis, "INCR", "number");

            Assert.Equal(Outcome.NotSent, await OutcomeAsync(broken));
            Assert.Equal(Outcome.Applied, (await other).Outcome);
        }

        Assert.Equal(1, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State?.Epoch);
        Assert.Equal("1", (await Server.ExecuteAsync("DBSIZE")).Text);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_table_reads_what_it_can(string line, DeliveryMode delivery, int lost)
    {
        var words = line.Split(' ');
        RedisValue[] arguments = [.. words.Skip(1).Select(word => (RedisValue)word)];
        arguments[lost] = Lost;
        var profile = CommandTable.Find(words[0], arguments)!;

        Assert.InRange(profile.ClassOf(arguments), ReplayClass.ReadOnly, ReplayClass.Accumulating);
        Assert.Null(profile.WhyRefused(arguments, inCluster: true));
        Assert.Equal(lost != 0 || words[0] == "EVAL", HashSlot.Of(new RedisCommand(words[0], arguments) { Delivery = delivery }) is not null);
    }

    private sealed class LostMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(4);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("the memory is gone");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("the memory is gone");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
