using Akka.Actor;

namespace Akka.Hosting;

/// <summary>The actor registered under <typeparamref name="TActor"/>, for constructors that are given their dependencies.</summary>
public interface IRequiredActor<TActor>
{
    /// <exception cref="MissingActorRegistryEntryException">It is not registered yet.</exception>
    IActorRef ActorRef { get; }

    /// <summary>The same, but waits until it is registered: what a service needs that starts while the actors do.</summary>
    Task<IActorRef> GetAsync(CancellationToken cancellationToken = default);
}

public sealed class RequiredActor<TActor> : IRequiredActor<TActor>
{
    private readonly IReadOnlyActorRegistry _registry;
    private IActorRef? _actor;

    public RequiredActor(IReadOnlyActorRegistry registry)
    {
        _registry = registry;
    }

    public IActorRef ActorRef
    {
        get
        {
            if (_actor == null && _registry.TryGet<TActor>(out var found))
                _actor = found;

            return _actor ?? throw new MissingActorRegistryEntryException(
                $"Unable to resolve actor type [{typeof(TActor)}]: it is not registered yet. " +
                "A service that starts together with the actors awaits GetAsync instead.");
        }
    }

    public async Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) =>
        _actor ??= await _registry.GetAsync<TActor>(cancellationToken).ConfigureAwait(false);
}
