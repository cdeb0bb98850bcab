using RedisActors.Attack.Door;

namespace RedisActors.Gateway.Tests;

/// <summary>
/// Damaged requests: an error, never a hang or a crash. <c>eng/attack door</c> runs as many as one likes.
/// </summary>
public sealed class DoorFuzzTests
{
    [Fact]
    public async Task Each_request_has_its_reply_however_it_comes_and_whatever_comes_with_it()
    {
        using var fuzz = new DoorFuzz();

        await fuzz.RunAsync(seed: 1, from: 0, count: 100_000);
    }
}
