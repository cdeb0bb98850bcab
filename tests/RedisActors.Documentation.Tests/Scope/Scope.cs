namespace Documented;

/// <summary>What a block finds around it: the application's own objects, under the names that the pages give them.</summary>
public abstract class Scope : ReceiveActor
{
    protected AkkaConfigurationBuilder akka = null!;
    protected CancellationToken aborted = default;
    protected WebApplication app = null!;
    protected string[] args = null!;
    protected WebApplicationBuilder builder = null!;
    protected Config config = null!;
    protected IConfiguration configuration = null!;
    protected TimeSpan expiry, retry, wait;
    protected IActorRef handler = null!;
    protected RedisLock held = null!;
    protected Order order = null!;
    protected IActorRef redis = null!;
    protected IActorRef self = null!;
    protected IServiceCollection services = null!;
    protected ISiloBuilder silo = null!;
    protected ActorSystem system = null!;
    protected TracerProviderBuilder tracing = null!;

    /// <summary>That of a test on Akka.TestKit.</summary>
    protected ActorSystem Sys => system;

    /// <summary>What the reader writes in the place of three dots.</summary>
    protected static void Elided()
    {
    }

    /// <summary>What only one process may do at a time.</summary>
    protected static Task ShipAsync(Order order, long fencingToken, CancellationToken lost) => Task.CompletedTask;

    /// <summary>The reader's way from an entry of a stream to a command.</summary>
    protected static RedisCommand Bill(RedisStreamEntry entry) => new("HINCRBY", "balances", entry.Id, 1);
}

public sealed record Order(string Id);

public sealed record AddItem(string Item, string OrderId = "", string RequestId = "");

public sealed record ItemAdded(long Length);

public sealed record LeaseIsLost(Exception Cause);

/// <summary>The reader's actor under test.</summary>
public sealed class Cart(IActorRef redis) : ReceiveActor
{
    public IActorRef Redis => redis;
}

/// <summary>Names of connections.</summary>
public sealed class Cache;

public sealed class Sessions;
