using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>The span of a command is on the node that has the connection, and its parent on the one that sent it.</summary>
public sealed class TracesAcrossNodesTests : AkkaClusterSpec
{
    [Fact]
    public async Task The_parent_is_on_the_node_that_sent_the_command()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is RedisTracing.SourceName or "RedisActors.AkkaCluster.Tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("RedisActors.AkkaCluster.Tests");
        var front = Start("web", ByRole);
        var serving = Start("redis", ByRole);
        await WhenUpAsync(front, serving);
        _ = RedisExtension.Get(serving.System).RedisActor;
        var direct = await front.System.ActorSelection($"{serving.Address}/user/redis").ResolveOne(Eventually.Patience);

        using var order = source.StartActivity("order")!;
        order.TraceStateString = "vendor=1";
        await front.Redis.ExecuteAsync("INCR", "through-remote-redis");
        await direct.ExecuteAsync("DECR", "direct");

        var spans = ended.Where(span => span.TraceId == order.TraceId).ToArray();
        Assert.Equal(["INCR", "DECR"], spans.Select(span => span.DisplayName));
        Assert.All(spans, span => Assert.Equal((order.SpanId, true, "vendor=1"), (span.ParentSpanId, span.HasRemoteParent, span.TraceStateString)));
    }
}
