using RedisActors.Simulation.Messages;

namespace RedisActors.Tests.Wire;

public sealed class DamagedMessagesTests : WireSpec
{
    /// <summary><c>eng/simulate messages</c> reads a million.</summary>
    private const int Count = 100_000;

    [Fact]
    public void Bytes_that_are_no_message_are_an_error_and_nothing_worse() =>
        Assert.Null(new MutatedMessages(System, seed: 1).Search(Count));
}
