using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>What a lane asks its server on its own, beside the commands that it was sent.</summary>
internal sealed class SideRequests(CommandFacts facts, TokenContext tokens, IActorRef self)
{
    private IRedisLink? _loadsOver;

    /// <summary>Asks what a command is that nobody has heard of; the answer reaches the actor as <see cref="CommandInfo"/>.</summary>
    public void LearnOf(RedisCommand command, IRedisLink link)
    {
        if (!facts.IsUnheardOf(command)) return;
        var name = command.Name;
        LinkQuery.AskAsync(link, "COMMAND", ["INFO", name]).PipeTo(
            self, success: reply => new CommandInfo(name, reply), failure: _ => new CommandInfo(name, RespValue.Array()));
    }

    /// <summary>
    /// Loads the script for exactly-once where the server does not have it. Where the server refuses it for good, the commands that
    /// wait for the script learn so when they are retried. Once, however many commands were refused for want of it.
    /// </summary>
    public void LoadScript(IRedisLink link)
    {
        if (_loadsOver == link) return;
        _loadsOver = link;
        LinkQuery.AskAsync(link, "SCRIPT", ExactlyOnceScript.Load().Arguments).PipeTo(
            self, success: _ => new ScriptLoaded(null), failure: error => new ScriptLoaded(error));
    }

    /// <summary>The server has answered to <see cref="LoadScript"/>.</summary>
    public void OnScriptLoaded(ScriptLoaded message)
    {
        _loadsOver = null;
        if (message.Error is null) tokens.ScriptRefusal = null;
        else if (message.Error is ServerErrorException refusal && IsFinal(refusal.Message)) tokens.ScriptRefusal = refusal.Message;
    }

    /// <summary>Tells the server to forget the tokens that nobody needs any more.</summary>
    public void ReleaseTokens(IRedisLink link)
    {
        foreach (var keys in tokens.TakeReleases()) LinkQuery.AskAndForget(link, "UNLINK", keys);
    }

    /// <summary>Ends the wait of another connection. Without a link that one will find out by itself.</summary>
    public static void Unblock(UnblockClient message, IRedisLink? link)
    {
        if (link is not null) LinkQuery.AskAndForget(link, "CLIENT", ["UNBLOCK", message.ClientId]);
    }

    private static bool IsFinal(string serverError) => RetryableErrors.Classify(serverError) == ServerErrorKind.Final;

    /// <summary>What became of <see cref="LoadScript"/>.</summary>
    /// <param name="Error">Why the script was not loaded; null when it was.</param>
    public sealed record ScriptLoaded(Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>What the server says of a command.</summary>
    public sealed record CommandInfo(string Name, RespValue Reply) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
