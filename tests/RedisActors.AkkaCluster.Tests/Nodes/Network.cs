using Akka.Actor;
using Akka.Remote.Transport;

namespace RedisActors.AkkaCluster.Tests.Nodes;

/// <summary>The network between the nodes of a test: Akka's in-memory transport, in which a node can be cut off from all others.</summary>
internal sealed class Network
{
    private readonly string _key = Guid.NewGuid().ToString("N");
    private readonly HashSet<Address> _guarded = [];
    private volatile HashSet<Address> _cutOff = [];
    private int _nodes;

    /// <summary>The configuration of one more node.</summary>
    public string NextNode(out Address address)
    {
        var port = Interlocked.Increment(ref _nodes);
        address = new Address("akka.test", "shop", "localhost", port);
        return $$"""
            akka.remote.enabled-transports = ["akka.remote.test"]
            akka.remote.test {
              transport-class = "Akka.Remote.Transport.TestTransport, Akka.Remote"
              applied-adapters = []
              registry-key = "{{_key}}"
              local-address = "test://shop@localhost:{{port}}"
              maximum-payload-bytes = 128000b
              scheme-identifier = test
            }
            """;
    }

    /// <summary>To be called when the node has started: from here on it can be cut off.</summary>
    public void Guard(Address node)
    {
        var transport = Transport(node);
        if (!_guarded.Add(node)) return;
        var deliver = transport.WriteBehavior.DefaultBehavior;
        transport.WriteBehavior.Push(write =>
            IsCutOff(write.Item1.LocalAddress) || IsCutOff(write.Item1.RemoteAddress) ? Task.FromResult(true) : deliver(write));
    }

    /// <summary>What the node sends, and what is sent to it, gets lost, without a word to anybody.</summary>
    public void CutOff(Address node) => _cutOff = [.. _cutOff, node];

    private bool IsCutOff(Address transportAddress) => _cutOff.Contains(transportAddress.WithProtocol("akka.test"));

    private TestTransport Transport(Address node) =>
        AssociationRegistry.Get(_key).TransportFor(node.WithProtocol("test")).Value.Item1;
}
