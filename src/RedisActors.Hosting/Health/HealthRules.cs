using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisActors.Hosting.Health;

/// <summary>What a connection's state means for the health of its application.</summary>
internal static class HealthRules
{
    /// <summary>Whether work can be sent to this application.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="watched">What is known of it.</param>
    /// <param name="status">What its actors answer; null: they do not.</param>
    /// <param name="options">The limits.</param>
    /// <param name="failure">How to report a failure: unhealthy, unless the registration says otherwise.</param>
    /// <param name="now">The time.</param>
    public static HealthCheckResult Readiness(
        string connection, WatchedState watched, RedisStatus? status, RedisHealthOptions options, HealthStatus failure, DateTimeOffset now)
    {
        var data = Data(watched, status);
        if (watched.IsOver) return new(failure, $"redis {connection}: the {watched.Actor} has stopped", data: data);
        if (status is null) return new(failure, $"redis {connection}: its actors do not answer", data: data);
        if (watched.AwaySince is not { } since)
        {
            return status.Stashed > options.MaxStashed
                ? HealthCheckResult.Degraded($"redis {connection}: ready; {status.Stashed} commands wait to be sent", data: data)
                : HealthCheckResult.Healthy($"redis {connection}: ready", data: data);
        }

        var away = now - since;
        var state = $"redis {connection}: away for {away.TotalSeconds:0.0} s{(watched.Cause is { } cause ? $" ({cause})" : string.Empty)}";
        if (watched.State is RedisGaveUp) return new(failure, $"{state}; it has been given up, and commands are answered NotSent", data: data);
        if (away > options.Grace) return new(failure, $"{state}; longer than {options.Grace.TotalSeconds:0.###} s", data: data);
        if (status.Stashed > options.MaxStashed) return new(failure, $"{state}; {status.Stashed} commands wait, more than {options.MaxStashed}", data: data);
        return HealthCheckResult.Degraded($"{state}; {status.Stashed} commands wait", data: data);
    }

    /// <summary>Whether this application is to be left alive. That Redis is away is no reason to restart it.</summary>
    public static HealthCheckResult Liveness(string connection, WatchedState watched, RedisStatus? status, HealthStatus failure)
    {
        var data = Data(watched, status);
        if (watched.IsOver) return new(failure, $"redis {connection}: the {watched.Actor} has stopped", data: data);
        return status is null
            ? new(failure, $"redis {connection}: its actors do not answer", data: data)
            : HealthCheckResult.Healthy($"redis {connection}: its actors answer", data: data);
    }

    private static Dictionary<string, object> Data(WatchedState watched, RedisStatus? status)
    {
        var data = new Dictionary<string, object>
        {
            ["state"] = NameOf(watched),
            ["since"] = watched.Since,
        };
        if (watched.State is { } state) data["endpoint"] = state.Endpoint;
        if (watched.AwaySince is { } away) data["awaySince"] = away;
        if (watched.Attempt is { } attempt) data["attempt"] = attempt;
        if (watched.Cause is { } cause) data["cause"] = cause;
        if (status is null) return data;
        data["stashed"] = status.Stashed;
        data["inFlight"] = status.InFlight;
        return data;
    }

    private static string NameOf(WatchedState watched) => watched switch
    {
        { IsOver: true } => "Stopped",
        { State: null } => "Starting",
        { State: { } state } => state.GetType().Name["Redis".Length..],
    };
}
