using RedisActors.Connection;
using RedisActors.Testing;
using RedisActors.Tests.Links;

namespace RedisActors.Tests.Transactions;

/// <summary>A link counts what it sends: a transaction is as many requests as it has commands, and two.</summary>
public sealed class TransactionOnTheWireTests : LinkSpec
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task After_many_transactions_the_count_is_still_right(int commands)
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
        var answered = Enumerable.Range(0, 100).Select(_ => Transaction(commands, new byte[10])).ToArray();
        foreach (var request in answered) link.Send(request);
        await Task.WhenAll(answered.Select(request => request.Told)).WaitAsync(Patience);

        // Sent, and its reply lost: whoever counts too much would say that it was not sent.
        proxy.LoseNextReply();
        var sent = new RecordedRequest("INCR", "sent");
        link.Send(sent);
        await lost.WaitAsync(Patience);

        Assert.False(sent.Fault!.CertainlyNotSent);
        Assert.Equal("1", (await server.ExecuteAsync("GET", "sent")).Text);
    }

    /// <summary>While transactions pass slowly, the connection is cut. Whoever counts too little would say of none that it was not sent.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task What_a_lost_link_says_was_not_sent_has_not_run_and_never_will(int round)
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
        var before = Enumerable.Range(0, 200).Select(_ => Transaction(5, new byte[10])).ToArray();
        foreach (var request in before) link.Send(request);
        await Task.WhenAll(before.Select(request => request.Told)).WaitAsync(Patience);
        proxy.Throttle(FaultDirection.ToServer, 4_000_000);
        var requests = Enumerable.Range(0, 200).Select(i => Transaction(3, new byte[50_000], $"k:{i}")).ToArray();
        foreach (var request in requests) link.Send(request);
        await requests[round].Told.WaitAsync(Patience);

        proxy.Cut();
        await lost.WaitAsync(Patience);

        await UntilAsync(async () => await server.CountClientsAsync() == 0);
        var ran = await Task.WhenAll(Enumerable.Range(0, requests.Length).Select(async i =>
            (await server.ExecuteAsync("EXISTS", $"k:{i}:0", $"k:{i}:1", $"k:{i}:2")).Text!));
        Assert.All(ran, keys => Assert.True(keys is "0" or "3", $"{keys} of 3"));
        var notSent = requests.Select(request => request.Fault?.CertainlyNotSent == true).ToArray();
        Assert.All(ran.Zip(notSent), each => Assert.False(each is ("3", true)));
        Assert.True(notSent.Count(each => each) > 60, $"{notSent.Count(each => each)} were told that they were not sent");
    }

    private static RecordedRequest Transaction(int commands, byte[] value, string key = "k") => new("MULTI")
    {
        Transaction = [.. Enumerable.Range(0, commands).Select(i => new RedisCommand("SET", $"{key}:{i}", value))],
    };
}
