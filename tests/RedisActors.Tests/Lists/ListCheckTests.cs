using Xunit.Sdk;

namespace RedisActors.Tests.Lists;

/// <summary>What the checks of the failover tests see, and what they let pass.</summary>
public sealed class ListCheckTests
{
    [Fact]
    public async Task A_list_with_every_number_at_its_place_is_whole()
    {
        var check = Check(answered: [1, 2, 3], list: [1, 2, 3]);

        await check.NothingIsLostAsync();
        await check.OnlyUnreplicatedNumbersAreLostAsync();
    }

    [Fact]
    public async Task The_end_of_what_a_lost_primary_answered_may_be_missing()
    {
        var check = Check(answered: [1, 2, 3, 4, 3, 4], list: [1, 2, 5, 6]);

        await check.OnlyUnreplicatedNumbersAreLostAsync();
        await Assert.ThrowsAnyAsync<XunitException>(check.NothingIsLostAsync);
    }

    [Theory]
    [InlineData(new long[] { 1, 2, 4 }, new long[] { 1, 2, 2, 3 })] // twice
    [InlineData(new long[] { 1, 3, 2 }, new long[] { 1, 3, 2 })] // out of order
    [InlineData(new long[] { 1, 2, 2, 4, 3 }, new long[] { 1, 3, 5 })] // two gaps
    [InlineData(new long[] { 1, 2, 2, 3, 4 }, new long[] { 1, 4, 5 })] // answered by the new primary and lost
    [InlineData(new long[] { 1, 2, 3 }, new long[] { 1, 2 })] // lost, and nothing came after it
    [InlineData(new long[] { 1, 2, 3 }, new long[] { 1, 3 })] // answered as if nothing were missing
    public async Task Everything_else_is_seen(long[] answered, long[] list)
    {
        var check = Check(answered, list);

        await Assert.ThrowsAnyAsync<XunitException>(check.NothingIsLostAsync);
        await Assert.ThrowsAnyAsync<XunitException>(check.OnlyUnreplicatedNumbersAreLostAsync);
    }

    [Fact]
    public async Task A_command_that_was_not_applied_is_seen()
    {
        var unknown = new Append("list", 1, 0, Task.FromResult(new Answer(Outcome.Unknown, 1, 0)));
        var check = new ListCheck([unknown], _ => Task.FromResult<long[]>([1]));

        await Assert.ThrowsAnyAsync<XunitException>(check.NothingIsLostAsync);
        await Assert.ThrowsAnyAsync<XunitException>(check.OnlyUnreplicatedNumbersAreLostAsync);
    }

    /// <summary>The numbers 1, 2, 3 ... and the length that each was answered.</summary>
    private static ListCheck Check(long[] answered, long[] list) => new(
        [.. answered.Select((length, i) => new Append("list", i + 1, 0, Task.FromResult(new Answer(Outcome.Applied, length, 0))))],
        _ => Task.FromResult(list));
}
