namespace RedisActors.Simulation;

/// <summary>The one source of chance of a run: the same seed, the same run.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>From 0 to below 1.</summary>
    public double Fraction => _random.NextDouble();

    public bool Of(double probability) => _random.NextDouble() < probability;

    /// <summary>A whole number, both ends included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    /// <summary>So many milliseconds, in microseconds: mostly in the lower part, at times up to the whole.</summary>
    public long UpTo(double milliseconds)
    {
        var fraction = _random.NextDouble();
        return (long)(fraction * fraction * milliseconds * 1000);
    }

    /// <summary>Evenly spread milliseconds, in microseconds.</summary>
    public long Spread(double least, double most) => (long)((least + (_random.NextDouble() * (most - least))) * 1000);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
