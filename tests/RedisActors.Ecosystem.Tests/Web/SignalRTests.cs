using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>Microsoft.AspNetCore.SignalR.StackExchangeRedis</c>: two web applications, and a client of each.</summary>
public sealed class SignalRTests
{
    [Fact]
    public async Task A_message_reaches_the_client_of_the_other_host_before_an_outage_and_after_it()
    {
        await using var server = await RedisServer.StartAsync();

        var (calls, heard) = await SayAsync(Client.Supervised, server, DeliveryMode.AtLeastOnce);

        Assert.Empty(calls.Failed);
        Assert.Empty(calls.After.Except(heard));
    }

    [Fact]
    public async Task A_client_that_joins_a_group_while_the_server_is_away_is_in_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var firstRedis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce, server);
        await using var secondRedis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce, server);
        await using var first = await StartAsync(firstRedis);
        await using var second = await StartAsync(secondRedis);
        var heard = new TaskCompletionSource<int>();
        await using var speaker = await ConnectAsync(first, _ => { });
        await using var member = await ConnectAsync(second, number => heard.TrySetResult(number));

        server.Kill();
        var joining = member.InvokeAsync(nameof(Room.Join), "cats");
        await Task.Delay(300);
        Assert.False(joining.IsCompleted);
        await server.StartAgainAsync();
        await joining;
        await speaker.InvokeAsync(nameof(Room.SayIn), "cats", 7);

        Assert.Equal(7, await heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    /// <summary>
    /// Says numbers to all over one host, and listens at the other. All that is said before the outage has to be heard before it begins;
    /// of what is said meanwhile, Redis keeps nothing for a host that has not subscribed again.
    /// </summary>
    internal static async Task<(Calls Calls, IReadOnlyCollection<int> Heard)> SayAsync(Client client, RedisServer server, DeliveryMode delivery, TimeSpan? away = null)
    {
        await using var firstRedis = await Redis.StartAsync(client, delivery, server);
        await using var secondRedis = await Redis.StartAsync(client, delivery, server);
        await using var first = await StartAsync(firstRedis);
        await using var second = await StartAsync(secondRedis);
        var heard = new ConcurrentQueue<int>();
        var speakers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectAsync(first, _ => { })));
        await using var listener = await ConnectAsync(second, heard.Enqueue);

        for (var number = -100; number < 0; number++) await speakers[0].InvokeAsync(nameof(Room.Say), number);
        await Eventually.HoldsAsync(() => heard.Count == 100);
        var calls = await Calls.ThroughOutageAsync(
            server,
            number => speakers[number % speakers.Length].InvokeAsync(nameof(Room.Say), number),
            () => Eventually.HoldsAsync(async () => await SubscribersAsync(server) == 2),
            away);
        foreach (var speaker in speakers) await speaker.DisposeAsync();

        await Eventually.HoldsAsync(() => !calls.After.Except(heard).Any());
        return (calls, heard);
    }

    /// <summary>How many hosts listen to the channel of what is said to all.</summary>
    internal static async Task<long> SubscribersAsync(RedisServer server)
    {
        var channels = (await server.ExecuteAsync("PUBSUB", "CHANNELS", "*:all")).OrThrow();
        return channels.Items.Count == 0 ? 0 : (await server.ExecuteAsync("PUBSUB", "NUMSUB", channels.Items[0].Text)).OrThrow().Items[1].AsInt64();
    }

    internal static Task<WebHost> StartAsync(Redis redis) => WebHost.StartAsync(
        services => services.AddSignalR().AddStackExchangeRedis(options => options.ConnectionFactory = _ => Task.FromResult(redis.Multiplexer)),
        application => application.MapHub<Room>("/room"));

    internal static async Task<HubConnection> ConnectAsync(WebHost host, Action<int> onSaid)
    {
        var connection = new HubConnectionBuilder().WithUrl(new Uri(host.Address, "/room")).Build();
        connection.On("said", onSaid);
        await connection.StartAsync();
        return connection;
    }

    internal sealed class Room : Hub
    {
        public Task Say(int number) => Clients.All.SendAsync("said", number);

        public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

        public Task SayIn(string group, int number) => Clients.Group(group).SendAsync("said", number);
    }
}
