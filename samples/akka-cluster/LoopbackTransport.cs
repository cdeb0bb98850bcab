using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>
/// A transport of Akka.Remote over plain sockets of this machine, so that the sample needs no other package. Each association is one
/// connection; the first frame says who calls. Not for production: no encryption, no limits but the size of a message.
/// </summary>
public sealed class LoopbackTransport : Transport
{
    private const string Host = "127.0.0.1";

    private readonly TcpListener _listener;
    private readonly Address _local;
    private readonly TaskCompletionSource<IAssociationEventListener> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<LoopbackAssociation> _associations = [];

    /// <summary>Made by Akka.Remote.</summary>
    public LoopbackTransport(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
        SchemeIdentifier = "tcp";
        MaximumPayloadBytes = 128_000;
        var port = config.GetInt("port");
        _local = new Address(SchemeIdentifier, system.Name, Host, port);
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        _listener.Start();
        _ = AcceptAsync();
        return Task.FromResult((_local, _listening));
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(Host, remoteAddress.Port!.Value).ConfigureAwait(false);
            await Frame.WriteAsync(client.GetStream(), global::System.Text.Encoding.UTF8.GetBytes(_local.ToString())).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            client.Dispose();
            throw new InvalidAssociationException($"{remoteAddress} does not answer: {error.Message}", error);
        }

        return Keep(new LoopbackAssociation(_local, remoteAddress, client));
    }

    public override Task<bool> Shutdown()
    {
        _listener.Stop();
        LoopbackAssociation[] associations;
        lock (_associations) associations = [.. _associations];
        foreach (var association in associations) association.Close();
        return Task.FromResult(true);
    }

    private async Task AcceptAsync()
    {
        var listener = await _listening.Task.ConfigureAwait(false);
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
                _ = GreetAsync(client, listener);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task GreetAsync(TcpClient client, IAssociationEventListener listener)
    {
        try
        {
            client.NoDelay = true;
            var caller = await Frame.ReadAsync(client.GetStream()).ConfigureAwait(false);
            var address = Address.Parse(global::System.Text.Encoding.UTF8.GetString(caller));
            listener.Notify(new InboundAssociation(Keep(new LoopbackAssociation(_local, address, client))));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    private LoopbackAssociation Keep(LoopbackAssociation association)
    {
        lock (_associations) _associations.Add(association);
        association.Start(() =>
        {
            lock (_associations) _associations.Remove(association);
        });
        return association;
    }
}
