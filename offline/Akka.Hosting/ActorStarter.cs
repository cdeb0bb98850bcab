using Akka.Actor;

namespace Akka.Hosting;

/// <summary>Starts actors, and registers those that others are to find.</summary>
public delegate Task ActorStarter(ActorSystem system, IActorRegistry registry);

/// <summary>Runs once the actors have been started.</summary>
public delegate Task StartupTask(ActorSystem system, IActorRegistry registry);
