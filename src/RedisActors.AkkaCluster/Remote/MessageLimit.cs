using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.AkkaCluster;

/// <summary>How large a message between nodes may be, and the setting that says so.</summary>
internal sealed record MessageLimit(int MaxBytes, string Setting)
{
    private const int WithoutSetting = 128_000;

    /// <summary>The limit of the actor system's first transport.</summary>
    public static MessageLimit Of(Config config)
    {
        var transports = config.GetStringList("akka.remote.enabled-transports", []);
        var setting = $"{transports.FirstOrDefault() ?? "akka.remote.dot-netty.tcp"}.{FrameSize.Setting}";
        return new MessageLimit(FrameSize.MaxMessage(config.GetByteSize(setting) ?? WithoutSetting), setting);
    }

    /// <summary>Why something cannot go to another node.</summary>
    public string TooLarge(string what, long bytes) =>
        $"{what} is too large for a message between nodes: about {bytes} bytes, where {Setting} leaves room for {MaxBytes}";
}
