using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>
/// Somebody who is told one answer and is no actor. It has a path only when somebody asks for one, as a node of another actor system does.
/// </summary>
internal abstract class PromiseRef(IActorRefProvider provider) : MinimalActorRef
{
    private ActorPath? _path;

    public override IActorRefProvider Provider => provider;

    public override ActorPath Path => Volatile.Read(ref _path) ?? Register();

    /// <summary>Whether the answer has come.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>The answer has come: nobody looks for this any more.</summary>
    protected void Unregister()
    {
        if (Volatile.Read(ref _path) is { } path) provider.UnregisterTempActor(path);
    }

    private ActorPath Register()
    {
        var path = provider.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) is { } other) return other;
        provider.RegisterTempActor(this, path);
        if (IsCompleted) provider.UnregisterTempActor(path);
        return path;
    }
}
