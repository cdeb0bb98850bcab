using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>Which commands may be replayed after their reply was lost, where others were sent after them.</summary>
internal sealed class ReplayOrder(ReplayPolicy rules)
{
    /// <summary>Whether a command may be replayed, though it may have run.</summary>
    public bool MayReplay(PendingCommand command)
    {
        if (!rules.MayReplay(command.Command, command.Delivery)) return false;
        return !command.WasOvertaken
            || command.Delivery != DeliveryMode.WhenSafe
            || rules.ClassOf(command.Command) == ReplayClass.ReadOnly;
    }

    /// <summary>
    /// A command with a token does not run again, though it is replayed: what was sent before it to the same keys must not run
    /// again either.
    /// </summary>
    public void MarkOvertaken(List<PendingCommand> inOrder)
    {
        BlockedKeys? keys = null;
        var allKeys = false;
        for (var i = inOrder.Count - 1; i >= 0; i--)
        {
            var command = inOrder[i];
            if (command is TokenCommand)
            {
                keys ??= new BlockedKeys(rules);
                allKeys |= !keys.TryAdd(command);
            }
            else if (keys is not null && (allKeys || keys.Touches(command)))
            {
                command.WasOvertaken = true;
            }
        }
    }
}
