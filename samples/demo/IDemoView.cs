namespace RedisActors.Demo;

/// <summary>Shows the run to whoever watches it.</summary>
internal interface IDemoView
{
    /// <summary>Shows it until the end, and then everything that was told before the end.</summary>
    Task ShowAsync(CancellationToken end);
}
