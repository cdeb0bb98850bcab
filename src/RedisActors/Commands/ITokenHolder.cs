using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>A sender that gave its commands their tokens, and says itself when the server may forget them.</summary>
internal interface ITokenHolder
{
    /// <summary>
    /// A command is about to be answered, and no copy of it is on its way to the server from here. From any thread.
    /// </summary>
    /// <param name="state">The command's.</param>
    /// <param name="token">To be released when nobody can ask for the command again; if it never is, it expires.</param>
    void TokenMayGo(object? state, HeldToken token);
}

/// <summary>A token on the server.</summary>
/// <param name="Tokens">Where it is released.</param>
/// <param name="Key">Its key.</param>
internal readonly record struct HeldToken(TokenContext Tokens, RedisValue Key)
{
    /// <summary>The server may forget it. From any thread.</summary>
    public void Release() => Tokens.Release(Key);
}
