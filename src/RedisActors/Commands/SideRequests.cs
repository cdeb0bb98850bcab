using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>What a lane asks its server on its own, beside the commands that it was sent.</summary>
internal sealed class SideRequests(CommandFacts facts, TokenContext tokens, IActorRef self)
{
    private static readonly TimeSpan PatienceOfEnd = TimeSpan.FromSeconds(1);

    private readonly HashSet<ScriptText> _loading = [];
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
    /// Loads a script that the server does not have. Where the server refuses it for good, the commands that wait for the script learn so
    /// when they are retried. Once, however many commands were refused for want of it.
    /// </summary>
    public void LoadScript(ScriptText script, IRedisLink link)
    {
        if (_loadsOver != link) _loading.Clear();
        _loadsOver = link;
        if (!_loading.Add(script)) return;
        LoadAsync(script, link).PipeTo(
            self, success: _ => new ScriptLoaded(link, script, null), failure: error => new ScriptLoaded(link, script, error));
    }

    /// <summary>The server has answered to <see cref="LoadScript"/>.</summary>
    public void OnScriptLoaded(ScriptLoaded message)
    {
        if (message.Link != _loadsOver) return;
        _loading.Remove(message.Script);
        if (message.Error is null) tokens.ScriptLoaded(message.Script, null);
        else if (message.Error is ServerErrorException refusal && IsFinal(refusal.Message)) tokens.ScriptLoaded(message.Script, refusal.Message);
    }

    /// <summary>Tells the server to forget the tokens that nobody needs any more.</summary>
    public void ReleaseTokens(IRedisLink link)
    {
        foreach (var keys in tokens.TakeReleases()) LinkQuery.AskAndForget(link, "UNLINK", keys);
    }

    /// <summary>Asks what the server's clock shows; the answer reaches the actor as <see cref="TimeTold"/>.</summary>
    public void AskTime(IRedisLink link)
    {
        var askedAt = Stopwatch.GetTimestamp();
        LinkQuery.AskAsync(link, "TIME", []).PipeTo(
            self, success: reply => new TimeTold(link, ServerClock.Parse(reply, askedAt, Stopwatch.GetTimestamp())), failure: _ => new TimeTold(link, null));
    }

    /// <summary>Ends the wait of another connection. Without a link that one will find out by itself.</summary>
    public static void Unblock(UnblockClient message, IRedisLink? link)
    {
        if (link is not null) LinkQuery.AskAndForget(link, "CLIENT", ["UNBLOCK", message.ClientId]);
    }

    /// <summary>
    /// Ends connections of somebody who is gone, so that nothing that sits in their sockets is executed any more. Without a link, or when that
    /// fails, there is no answer: whoever asks, asks again.
    /// </summary>
    public static void End(EndClients message, IRedisLink? link, IActorRef asker)
    {
        if (link is not null) _ = EndAsync();

        async Task EndAsync()
        {
            try
            {
                using var patience = new CancellationTokenSource(PatienceOfEnd);
                var refusals = await Task.WhenAll(message.Clients.Select(client => Fence.RaiseAsync(link, client, patience.Token))).ConfigureAwait(false);
                asker.Tell(new ClientsEnded(message.Number, Array.Find(refusals, why => why is not null)));
            }
            catch (Exception error) when (error is RedisLinkException or OperationCanceledException)
            {
            }
        }
    }

    private static async Task<RespValue> LoadAsync(ScriptText script, IRedisLink link)
    {
        if (script.Inner is { } inner) await LoadAsync(inner, link).ConfigureAwait(false);
        return await LinkQuery.AskAsync(link, "SCRIPT", ["LOAD", script.Text]).ConfigureAwait(false);
    }

    private static bool IsFinal(string serverError) => RetryableErrors.Classify(serverError) == ServerErrorKind.Final;

    /// <summary>What became of <see cref="LoadScript"/>.</summary>
    /// <param name="Link">Over which link.</param>
    /// <param name="Script">The script.</param>
    /// <param name="Error">Why it was not loaded; null when it was.</param>
    public sealed record ScriptLoaded(IRedisLink Link, ScriptText Script, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>What became of <see cref="AskTime"/>.</summary>
    /// <param name="Link">Over which link.</param>
    /// <param name="Clock">The server's clock; null: it did not tell.</param>
    public sealed record TimeTold(IRedisLink Link, ServerClock? Clock) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>What the server says of a command.</summary>
    public sealed record CommandInfo(string Name, RespValue Reply) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
