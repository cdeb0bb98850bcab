namespace RedisActors.Demo;

/// <summary>A state of the connection for the eye.</summary>
/// <param name="Word">One or two words.</param>
/// <param name="Color">Of the live view.</param>
/// <param name="Detail">The rest.</param>
internal sealed record ConnectionText(string Word, string Color, string Detail)
{
    public static ConnectionText Of(RedisConnectionEvent? state) => state switch
    {
        RedisReady ready => new("ready", "green", $"epoch {ready.Epoch}, client id {ready.ClientId}"),
        RedisConnecting connecting => new("connecting", "yellow", $"epoch {connecting.Epoch}, attempt {connecting.Attempt}"),
        RedisBackingOff waiting => new(
            "backing off", "yellow", $"epoch {waiting.Epoch}, attempt {waiting.Attempt} after {waiting.Delay.TotalMilliseconds:0} ms"),
        RedisLost lost => new("lost", "red", $"epoch {lost.Epoch}"),
        RedisGaveUp gaveUp => new("gave up", "red", $"epoch {gaveUp.Epoch}"),
        _ => new("starting", "grey", string.Empty),
    };
}
