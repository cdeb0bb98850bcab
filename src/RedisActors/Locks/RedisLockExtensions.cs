using Akka.Actor;
using RedisActors.Locks;

namespace RedisActors;

/// <summary>Takes locks in Redis.</summary>
public static class RedisLockExtensions
{
    /// <summary>
    /// Takes a lock, and waits for it as long as another holds it. One round trip when it is free. An outage of Redis is waited through, as with
    /// any command: each request may take as long as the setting <c>command-timeout</c>.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="name">What is locked, such as <c>order:42</c>.</param>
    /// <param name="options">How it is taken and kept.</param>
    /// <param name="cancellation">Ends the wait. What the server may have granted meanwhile is released.</param>
    /// <returns>The lock; dispose of it to release it.</returns>
    /// <exception cref="RedisOutcomeException">The server refuses, or has not answered within <c>command-timeout</c>. The lock is not held.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended. The lock is not held.</exception>
    /// <exception cref="ArgumentException">The name is empty, an option is out of its bounds, or there is no actor behind the reference.</exception>
    public static async Task<RedisLock> LockAsync(
        this IActorRef redis, string name, RedisLockOptions? options = null, CancellationToken cancellation = default) =>
        (await TakeAsync(redis, name, options, waits: true, cancellation).ConfigureAwait(false))!;

    /// <summary>Takes a lock if nobody holds it; otherwise as <see cref="LockAsync"/>.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="name">What is locked.</param>
    /// <param name="options">How it is taken and kept.</param>
    /// <param name="cancellation">Ends the wait for the server's answer. What it may have granted meanwhile is released.</param>
    /// <returns>
    /// The lock; <see langword="null"/> when another holds it, or may hold it (<see cref="RedisLockOptions.SurvivesDataLoss"/>).
    /// </returns>
    /// <exception cref="RedisOutcomeException">The server refuses, or has not answered within <c>command-timeout</c>. The lock is not held.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended. The lock is not held.</exception>
    /// <exception cref="ArgumentException">The name is empty, an option is out of its bounds, or there is no actor behind the reference.</exception>
    public static Task<RedisLock?> TryLockAsync(
        this IActorRef redis, string name, RedisLockOptions? options = null, CancellationToken cancellation = default) =>
        TakeAsync(redis, name, options, waits: false, cancellation);

    private static Task<RedisLock?> TakeAsync(
        IActorRef redis, string name, RedisLockOptions? options, bool waits, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        options ??= new RedisLockOptions();
        options.Check();
        return RedisLock.TakeAsync(redis, name, options, LeaseClock.System, waits, cancellation);
    }
}
