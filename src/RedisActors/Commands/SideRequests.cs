using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>What a lane asks its server on its own, beside the commands that it was sent.</summary>
internal sealed class SideRequests(CommandFacts facts, TokenContext tokens, IActorRef self)
{
    /// <summary>Asks what a command is that nobody has heard of; the answer comes to the actor as <see cref="CommandInfo"/>.</summary>
    public void LearnOf(RedisCommand command, IRedisLink link)
    {
        if (!facts.IsUnheardOf(command)) return;
        var name = command.Name;
        LinkQuery.AskAsync(link, "COMMAND", ["INFO", name]).PipeTo(
            self, success: reply => new CommandInfo(name, reply), failure: _ => new CommandInfo(name, RespValue.Array()));
    }

    /// <summary>Gives the script for exactly-once to a server that does not have it.</summary>
    public static void LoadScript(IRedisLink link) =>
        LinkQuery.AskAndForget(link, "SCRIPT", ExactlyOnceScript.Load().Arguments);

    /// <summary>Tells the server to forget the tokens that nobody needs any more.</summary>
    public void ReleaseTokens(IRedisLink link)
    {
        foreach (var keys in tokens.TakeReleases()) LinkQuery.AskAndForget(link, "UNLINK", keys);
    }

    /// <summary>What the server says of a command.</summary>
    public sealed record CommandInfo(string Name, RespValue Reply) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
