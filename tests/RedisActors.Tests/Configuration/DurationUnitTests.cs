using Akka.Configuration.Hocon;

namespace RedisActors.Tests.Configuration;

/// <summary>HOCON takes a number without a unit for milliseconds, which hardly anybody means who writes 30.</summary>
public sealed class DurationUnitTests
{
    /// <summary>Every setting of reference.conf whose default is a duration, and those that have a word in its place.</summary>
    public static TheoryData<string> Durations
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var path in Durational(RedisExtension.DefaultConfig().GetConfig("redis-actors.default").Root.GetObject(), string.Empty)) data.Add(path);
            return data;
        }
    }

    [Fact]
    public void All_durations_are_tried() => Assert.Equal(16, Durations.Count);

    [Theory]
    [MemberData(nameof(Durations))]
    public void A_number_without_a_unit_is_a_problem_that_shows_how_to_write_it(string path)
    {
        foreach (var number in new[] { "30", "0", "1.5", "\"2000\"" })
        {
            var problem = Assert.Single(Hocon.Problems($"{path} = {number}"));

            var bare = number.Trim('"');
            Assert.StartsWith(
                $"redis-actors.default.{path}: '{bare}' without a unit (such as {bare}s or {bare}ms) is not valid; expected a duration from ", problem);
        }
    }

    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("30ms", 30)]
    [InlineData("30 seconds", 30_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    public void A_number_with_a_unit_is_a_duration(string duration, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Hocon.Settings($"command-timeout = {duration}").Commands.Timeout);

    [Fact]
    public void A_size_without_a_unit_is_in_bytes_as_its_name_says() =>
        Assert.Equal(2000, Hocon.Settings("stash.max-bytes = 2000").Commands.Stash.MaxBytes);

    private static IEnumerable<string> Durational(HoconObject section, string prefix)
    {
        foreach (var (key, value) in section.Items)
        {
            if (value.IsObject())
            {
                foreach (var inner in Durational(value.GetObject(), $"{prefix}{key}.")) yield return inner;
            }
            else if (value.IsString() && value.GetString() is [>= '0' and <= '9', .., 's' or 'm'] or [>= '0' and <= '9', .., 'd'])
            {
                yield return prefix + key;
            }
        }
    }
}
