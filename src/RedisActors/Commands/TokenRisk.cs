using RedisActors.Connection;

namespace RedisActors.Commands;

/// <summary>What exactly-once is worth on a server that does not keep tokens for certain, in words for whoever operates it.</summary>
internal static class TokenRisk
{
    /// <summary>Everything there is to say about the server of a link; nothing where tokens are safe.</summary>
    public static IEnumerable<string> Of(IRedisLink link)
    {
        if (link.Product is { ScriptsSurviveCrash: false } product)
        {
            yield return $"the server is {product}; if it crashes, it can keep a write and lose the token beside it, so an exactly-once "
                + "command that is replayed after a crash may run twice; an orderly stop of the server loses neither";
        }

        if (link.Eviction.Policy is { } policy)
        {
            yield return $"the server evicts keys when its memory is full (maxmemory-policy {policy}), among them the tokens of exactly-once "
                + "commands: one whose reply was lost, and its token perhaps evicted, ends as Unknown, and one that a sender sends again with "
                + "a token of its own may run twice; with maxmemory-policy noeviction neither happens";
        }
        else if (link.Eviction.MayEvict)
        {
            yield return "the server does not say whether it evicts keys, since this user may not use INFO, so the token of an exactly-once "
                + "command counts as one that may have been evicted: a command whose reply was lost, and whose token is not there, ends "
                + "as Unknown; permit it (+info)";
        }
    }
}
