using RedisActors.Configuration;

namespace RedisActors.Tests.Configuration;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("timeout", "timeout", 0)]
    [InlineData("Timeout", "timeout", 0)]
    [InlineData("timout", "timeout", 1)]
    [InlineData("timeoutt", "timeout", 1)]
    [InlineData("tineout", "timeout", 1)]
    [InlineData("tiemout", "timeout", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("abc", "xyz", 3)]
    public void It_counts_letters_inserted_removed_replaced_and_swapped(string left, string right, int distance)
    {
        Assert.Equal(distance, EditDistance.Between(left, right));
        Assert.Equal(distance, EditDistance.Between(right, left));
    }
}
