using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>One kind of work that takes a connection of its own, done by ours and by the plain client.</summary>
internal interface ISessionRow : IAsyncDisposable
{
    /// <summary>Measures ours for so long.</summary>
    Task<Figures> OursAsync(TimeSpan measured);

    /// <summary>Measures the plain client for so long.</summary>
    Task<Figures> PlainAsync(TimeSpan measured);
}
