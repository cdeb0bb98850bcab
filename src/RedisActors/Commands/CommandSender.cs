using RedisActors.Connection;

namespace RedisActors.Commands;

/// <summary>
/// Hands commands to a link in the order in which they are given to it. Exactly-once commands that come one behind the other share a
/// request, where they may: one run of the script, and one token for all of them, or for each the one that its sender gave.
/// </summary>
/// <param name="tokens">What exactly-once commands share.</param>
/// <param name="size">How many of them share a request.</param>
/// <param name="inCluster">Whether a request may name keys of one hash slot only.</param>
/// <param name="scriptDoubted">Told, from any thread, who spoke when a sender's script was answered in the server's words.</param>
internal sealed class CommandSender(TokenContext tokens, GroupSize size, bool inCluster, Action<CommandRefused> scriptDoubted)
{
    private readonly List<TokenCommand> _members = [];
    private TokenGroup? _former;
    private int? _slot;
    private long _bytes;

    /// <summary>Takes a command that was handed over to this link: it is sent now, or by <see cref="Flush"/>.</summary>
    public void Send(PendingCommand command, IRedisLink link)
    {
        command.Sending(link);
        if (command is not TokenCommand token || !(token.Group is not null || token.MayShare))
        {
            Flush(link);
            link.Send(command);
            if (command is ScriptCommand script) link.Send(new ScriptInquiry(script));
            if (command.RunsScript) link.Send(new ScriptWitness(command, scriptDoubted));
            return;
        }

        if (_members.Count > 0 && !Fits(token)) Flush(link);
        if (_members.Count == 0)
        {
            _former = token.Group;
            _slot = inCluster ? token.Slot : null;
        }

        _members.Add(token);
        _bytes += token.Size;
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush(IRedisLink link)
    {
        if (_members.Count == 0) return;
        link.Send(Request());
        _members.Clear();
        _bytes = 0;
    }

    private bool Fits(TokenCommand token)
    {
        if (_former is not null || token.Group is not null) return _former == token.Group;
        if (token.HasOwnToken != _members[0].HasOwnToken) return false;
        return _members.Count < size.Count && _bytes + token.Size <= size.MaxBytes && (!inCluster || token.Slot == _slot);
    }

    private LinkRequest Request()
    {
        var first = _members[0];
        if (_former is not null) return _former.Ask(_members, tokens, size, first.HandedOverAt);
        if (_members.Count == 1) return first;
        return first.HasOwnToken ? GroupRequest.ForEach(_members, tokens, size) : TokenGroup.Send(_members, tokens, size, first.HandedOverAt);
    }
}
