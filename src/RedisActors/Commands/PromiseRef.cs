using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>
/// Somebody who is told one answer and is no actor. It has a path only when somebody asks for one, as a node of another actor system does.
/// </summary>
internal abstract class PromiseRef : MinimalActorRef
{
    private ActorPath? _path;

    public override ActorPath Path => Volatile.Read(ref _path) ?? Register();

    /// <summary>Whether the answer has come.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>The answer has come: nobody looks for this any more.</summary>
    protected void Unregister()
    {
        if (Volatile.Read(ref _path) is { } path) Provider.UnregisterTempActor(path);
    }

    private ActorPath Register()
    {
        var path = Provider.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) is { } other) return other;
        Provider.RegisterTempActor(this, path);
        if (IsCompleted) Provider.UnregisterTempActor(path);
        return path;
    }
}
