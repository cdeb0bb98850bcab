using Akka.Actor;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Attack.Door;

/// <summary>Answers commands as a RedisActor does, with anything, at once or later, in any order.</summary>
internal sealed class StandIn(IActorRefProvider provider, Random random) : MinimalActorRef
{
    private readonly Lock _gate = new();
    private readonly List<(RedisCommand Command, IActorRef Sender)> _waiting = [];
    private readonly ActorPath _path = provider.RootPath / "stand-in";

    public override ActorPath Path => _path;

    public override IActorRefProvider Provider => provider;

    public void AnswerSome()
    {
        foreach (var (command, sender) in Take(all: false)) sender.Tell(AnswerTo(command), this);
    }

    public void AnswerAll()
    {
        foreach (var (command, sender) in Take(all: true)) sender.Tell(AnswerTo(command), this);
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisSubscribe subscribe:
                sender.Tell(new RedisSubscribed(KindOf(subscribe), subscribe.Name, 1, DateTimeOffset.UnixEpoch), this);
                break;
            case RedisUnsubscribe unsubscribe:
                sender.Tell(new RedisUnsubscribed(KindOf(unsubscribe), unsubscribe.Name), this);
                break;
            case CommandBatch batch:
                while (batch.TryTake(out var each, out var sentBy)) TellInternal(each, sentBy);
                break;
            case RedisCommand command:
                lock (_gate)
                {
                    if (random.Next(3) == 0)
                    {
                        _waiting.Add((command, sender));
                        return;
                    }
                }

                sender.Tell(AnswerTo(command), this);
                break;
        }
    }

    private (RedisCommand Command, IActorRef Sender)[] Take(bool all)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return [];
            var taken = _waiting.ToArray();
            random.Shuffle(taken);
            if (!all) taken = taken[..random.Next(taken.Length + 1)];
            foreach (var each in taken) _waiting.Remove(each);
            return taken;
        }
    }

    private object AnswerTo(RedisCommand command)
    {
        lock (_gate)
        {
            return random.Next(6) switch
            {
                0 => new Status.Failure(new RedisOutcomeException(Outcome.Rejected, command, "refused\r\n-by", "ERR the server's\r\n+OK words")),
                1 => new Status.Failure(new RedisOutcomeException(Outcome.Unknown, command, "the reply was lost")),
                _ => new RedisReply(Value(depth: 3), command.State),
            };
        }
    }

    private RespValue Value(int depth) => random.Next(depth > 0 ? 6 : 5) switch
    {
        0 => RespValue.Null,
        1 => RespValue.Integer(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => RespValue.BulkString(DoorInputs.Bytes(random, 40)),
        3 => RespValue.SimpleString("a\r\nb"),
        4 => RespValue.BulkString((RedisValue)"1.5"),
        _ => RespValue.Array([.. Enumerable.Range(0, random.Next(5)).Select(_ => Value(depth - 1))]),
    };

    private static RedisSubscriptionKind KindOf(object message) => message switch
    {
        Subscribe or Unsubscribe => RedisSubscriptionKind.Channel,
        PSubscribe or PUnsubscribe => RedisSubscriptionKind.Pattern,
        _ => RedisSubscriptionKind.ShardChannel,
    };
}
