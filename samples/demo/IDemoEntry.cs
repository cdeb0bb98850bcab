namespace RedisActors.Demo;

/// <summary>The state that a command of the demo carries: where its answer is written down.</summary>
internal interface IDemoEntry
{
    /// <summary>The server executed the command.</summary>
    void Applied(RespValue value);

    /// <summary>It was answered with anything but <see cref="Outcome.Applied"/>.</summary>
    void Failed(Outcome outcome);
}
