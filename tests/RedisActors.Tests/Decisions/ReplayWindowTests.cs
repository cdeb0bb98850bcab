using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

public sealed class ReplayWindowTests
{
    [Fact]
    public void It_doubles_up_to_its_maximum_and_is_small_again_on_a_new_link()
    {
        var window = new ReplayWindow(3, 20);
        var sizes = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            sizes.Add(window.Size);
            window.Grow();
        }

        Assert.Equal([3, 6, 12, 20, 20], sizes);
        window.Reset();
        Assert.Equal(3, window.Size);
    }

    [Fact]
    public void It_is_filled_up_again_when_half_of_it_is_answered() =>
        Assert.Equal([0, 1, 1, 2], new[] { 1, 2, 3, 4 }.Select(size => new ReplayWindow(size, size).RefillAt));

    [Fact]
    public void The_largest_window_does_not_overflow()
    {
        var window = new ReplayWindow(int.MaxValue - 1, int.MaxValue);

        window.Grow();

        Assert.Equal(int.MaxValue, window.Size);
    }
}
