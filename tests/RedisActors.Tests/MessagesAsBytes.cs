using Akka.Configuration;

namespace RedisActors.Tests;

/// <summary>
/// The second manner in which the tests of the actors are run, by <c>eng/test</c>: with <c>REDISACTORS_SERIALIZE_MESSAGES=on</c> in the
/// environment every message is written and read before it is delivered, as it would be between two nodes.
/// </summary>
internal static class MessagesAsBytes
{
    public static bool On { get; } = Environment.GetEnvironmentVariable("REDISACTORS_SERIALIZE_MESSAGES") == "on";

    /// <summary>What goes into the configuration of an actor system for it.</summary>
    public static Config Config { get; } = On
        ? ConfigurationFactory.ParseString("akka.actor.serialize-messages = on")
        : ConfigurationFactory.Empty;
}
