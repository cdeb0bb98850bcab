using RedisActors.Connection;

namespace RedisActors.Commands;

/// <summary>An estimate of the memory that a waiting command holds.</summary>
internal static class CommandSize
{
    /// <summary>The command, its place in the ledger and in two queues, and its array of arguments, without what the arguments hold.</summary>
    private const int Fixed = 64 + 96 + 16 + 24;

    private const int PerArgument = 24;

    public static long Of(RedisCommand command)
    {
        long size = Fixed;
        foreach (var argument in command.ArgumentArray) size += PerArgument + (argument.IsNullOrEmpty ? 0 : argument.GetByteCount());
        return size;
    }
}
