namespace RedisActors.Tests.RedisCluster;

/// <summary>The tests with clusters, one after the other: each has up to six servers, and some look at how long commands take.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests
{
    public const string Name = "cluster";
}
