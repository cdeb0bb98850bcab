using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>
/// Commands for one actor, in order, each with its sender, as one message: a mailbox costs each message about as much as a command costs
/// here. Whoever gets it takes them out, so that what is left of it, wherever it is stranded, is what nobody has taken.
/// </summary>
internal sealed class CommandBatch : INoSerializationVerificationNeeded
{
    /// <summary>As many as share a message. More would not be cheaper, and the next actor would wait for them.</summary>
    private const int MostCommands = 64;

    private Item[]? _items = ArrayPool<Item>.Shared.Rent(MostCommands);
    private int _count;
    private int _next;

    public bool IsFull => _count == MostCommands;

    /// <summary>Adds one more, unless it <see cref="IsFull"/>. Not when it has been sent.</summary>
    public void Add(RedisCommand command, IActorRef sender) => _items![_count++] = new Item(command, sender);

    /// <summary>Whether all that have not been taken are of a kind.</summary>
    public bool IsOf(Func<RedisCommand, bool> kind)
    {
        for (var i = _next; i < _count; i++)
        {
            if (!kind(_items![i].Command)) return false;
        }

        return true;
    }

    /// <summary>The next that has not been taken.</summary>
    public bool TryTake([NotNullWhen(true)] out RedisCommand? command, [NotNullWhen(true)] out IActorRef? sender)
    {
        if (_items is null)
        {
            (command, sender) = (null, null);
            return false;
        }

        (command, sender) = _items[_next];
        _items[_next++] = default;
        if (_next < _count) return true;
        ArrayPool<Item>.Shared.Return(_items);
        _items = null;
        return true;
    }

    private readonly record struct Item(RedisCommand Command, IActorRef Sender);
}
