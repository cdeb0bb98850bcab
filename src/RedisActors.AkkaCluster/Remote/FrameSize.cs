using RedisActors.Commands;

namespace RedisActors.AkkaCluster;

/// <summary>How large messages are between nodes, at most.</summary>
internal static class FrameSize
{
    /// <summary>What Akka.Remote adds to a message: the addresses of both actors, the names of the serializer and the message.</summary>
    private const int Envelope = 4096;

    /// <summary>A batch is no larger, so that what waits behind it, the Akka cluster's own messages among it, does not wait long.</summary>
    private const int LargestBatch = 64 * 1024;

    /// <summary>The setting that says how large a message may be.</summary>
    public const string Setting = "maximum-frame-size";

    /// <summary>What fits into one message.</summary>
    public static int MaxMessage(long frameSize) => (int)Math.Clamp(frameSize - Envelope, 1024, int.MaxValue);

    /// <summary>How large the commands or answers of one frame may be together.</summary>
    public static int MaxBatch(int maxMessage) => Math.Min(maxMessage, LargestBatch);

    public static long Of(RedisCommand command)
    {
        if (command is RedisTransaction transaction)
        {
            return 256 + Of(command.IdempotencyKey) + transaction.CommandArray.Sum(Of) + transaction.ConditionArray.Sum(condition => Of(condition.Check));
        }

        return (long)CommandSize.Of(command) + command.Name.Length + Of(command.IdempotencyKey) + (command is RedisScript script ? Of(script.Text) : 0);
    }

    public static long Of(string? text) => text is null ? 0 : 6 + (3L * text.Length);

    public static long Of(RespValue value)
    {
        if (value.Kind != RespKind.Array) return value.IsNull ? 8 : 16 + value.AsRedisValue().GetByteCount();
        var size = 16L;
        foreach (var item in value.AsArray()) size += 8 + Of(item);
        return size;
    }
}
