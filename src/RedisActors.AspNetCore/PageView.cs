namespace RedisActors.AspNetCore;

/// <summary>What the page is told, as JSON. Times are Unix milliseconds.</summary>
/// <param name="Now">The clock of the server.</param>
/// <param name="LastSample">The number of the latest sample in it.</param>
/// <param name="Connections">All connections, by name.</param>
internal sealed record PageView(long Now, long LastSample, IReadOnlyList<ConnectionView> Connections);

internal sealed record ConnectionView(
    string Name,
    string State,
    long Since,
    string? Cause,
    IReadOnlyList<LaneView> Lanes,
    IReadOnlyList<OutageView> Outages,
    IReadOnlyList<SampleView> Samples);

/// <param name="Lane">The lane's number.</param>
/// <param name="Session">The number of the session; null: it is a lane that all share.</param>
/// <param name="State">The state in one word.</param>
/// <param name="Since">Since when.</param>
/// <param name="Endpoint">Where it leads; null: of sessions, that is not known.</param>
/// <param name="Epoch">The number of the connection.</param>
/// <param name="Attempt">The attempt under way, or the next one; null: there is none.</param>
/// <param name="NextTry">When the next attempt begins, at the latest.</param>
/// <param name="Cause">Why it is away.</param>
/// <param name="InFlight">Commands sent and not answered.</param>
/// <param name="Stashed">Commands that wait.</param>
internal sealed record LaneView(
    int Lane, int? Session, string State, long Since, string? Endpoint, long? Epoch, int? Attempt, long? NextTry, string? Cause, int InFlight, int Stashed);

/// <param name="Lane">The lane's number.</param>
/// <param name="From">When the connection was lost, or first failed.</param>
/// <param name="To">When it was back; null: it is not.</param>
/// <param name="Cause">Why, at first.</param>
/// <param name="Attempts">How many attempts were begun.</param>
internal sealed record OutageView(int Lane, long From, long? To, string Cause, int Attempts);

/// <param name="At">The end of the interval.</param>
/// <param name="Applied">Answers per second, by outcome.</param>
/// <param name="Rejected"><inheritdoc cref="SampleView" path="/param[@name='Applied']"/></param>
/// <param name="NotSent"><inheritdoc cref="SampleView" path="/param[@name='Applied']"/></param>
/// <param name="Unknown"><inheritdoc cref="SampleView" path="/param[@name='Applied']"/></param>
/// <param name="InFlight">Commands sent and not answered, at the end.</param>
/// <param name="Stashed">Commands that wait, at the end.</param>
/// <param name="Median">The median duration in milliseconds; null: not measured, or no command.</param>
/// <param name="P95">The 95th percentile.</param>
internal sealed record SampleView(
    long At, double Applied, double Rejected, double NotSent, double Unknown, int InFlight, int Stashed, double? Median, double? P95);
