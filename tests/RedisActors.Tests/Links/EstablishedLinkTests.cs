using System.Buffers;
using RedisActors.Connection;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.Links;

/// <summary>What a link does with the requests that it is given, while it lives and when it is lost.</summary>
[Collection(nameof(AllProcessors))]
public sealed class EstablishedLinkTests : LinkSpec
{
    [Fact]
    public async Task An_attempt_makes_one_connection_and_the_link_uses_that()
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);

        var (link, _) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\", client-name = orders"));
        await LinkQuery.AskAsync(link, "SET", ["k", "v"]).WaitAsync(Patience);

        Assert.Equal(1, proxy.Accepted);
        var client = Assert.Single(await server.ListClientsAsync());
        Assert.Equal((link.Identity.Id, "orders"), (client.Id, client.Name));
    }

    [Fact]
    public async Task Requests_of_several_senders_are_told_in_the_order_of_each_one_at_a_time()
    {
        var server = await StartServerAsync();
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        var order = new List<(int Sender, int Number)>();
        var telling = 0;
        var two = false;

        var senders = Enumerable.Range(0, 3).Select(sender => Task.Run(async () =>
        {
            var requests = Enumerable.Range(0, 2_000).Select(number => new RecordedRequest("PING")
            {
                OnTold = _ =>
                {
                    two |= Interlocked.Increment(ref telling) > 1;
                    order.Add((sender, number));
                    Interlocked.Decrement(ref telling);
                },
            }).ToArray();
            foreach (var request in requests) link.Send(request);
            await Task.WhenAll(requests.Select(request => request.Told));
        }));
        await Task.WhenAll(senders).WaitAsync(Patience);

        Assert.False(two);
        foreach (var sender in order.GroupBy(each => each.Sender))
        {
            Assert.Equal(Enumerable.Range(0, 2_000), sender.Select(each => each.Number));
        }
    }

    /// <summary>
    /// While requests pass slowly, the connection is cut. What was told that it was not sent, the server must not have executed; and
    /// of what waited behind a slow line, most was not.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_lost_link_says_was_not_sent_has_not_run_and_never_will(int round)
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
        proxy.Throttle(FaultDirection.ToServer, 4_000_000);
        var requests = Enumerable.Range(0, 300).Select(i => new RecordedRequest("SET", $"k:{i}", new byte[100_000])).ToArray();
        foreach (var request in requests) link.Send(request);
        await requests[round].Told.WaitAsync(Patience);

        if (round == 1) link.Abandon("the test wants it");
        else proxy.Cut();
        await lost.WaitAsync(Patience);
        Assert.All(requests, request => Assert.Equal(1, request.Times));

        await UntilAsync(async () => await server.CountClientsAsync() == 0);
        var ran = await Task.WhenAll(requests.Select(async request =>
            (await server.ExecuteAsync("EXISTS", request.Arguments[0].ToString())).Text == "1"));
        var notSent = requests.Select(request => request.Fault?.CertainlyNotSent == true).ToArray();
        Assert.All(ran.Zip(notSent), each => Assert.False(each is (true, true)));
        Assert.True(notSent.Count(each => each) > 100, $"{notSent.Count(each => each)} were told that they were not sent");
        Assert.Equal(notSent.Order(), notSent);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1_500)]
    public async Task A_cut_in_the_middle_of_a_request_is_told_truthfully_too(int bytes)
    {
        var server = await StartServerAsync();
        await using var proxy = FaultProxy.Start(server);
        for (var round = 0; round < 20; round++)
        {
            var (link, lost) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
            proxy.CutAfter(FaultDirection.ToServer, bytes + round);

            var requests = Enumerable.Range(0, 500).Select(i => new RecordedRequest("INCR", $"n:{round}:{i}")).ToArray();
            foreach (var request in requests) link.Send(request);
            await lost.WaitAsync(Patience);

            await UntilAsync(async () => await server.CountClientsAsync() == 0);
            foreach (var request in requests)
            {
                Assert.Equal(1, request.Times);
                if (request.Fault is { CertainlyNotSent: true })
                {
                    Assert.Equal("0", (await server.ExecuteAsync("EXISTS", request.Arguments[0].ToString())).Text);
                }
            }
        }
    }

    [Fact]
    public async Task The_loss_is_told_when_every_request_has_been_and_later_ones_are_told_at_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var server = await StartServerAsync();
            var (sent, told) = (0, 0);
            var (sentAtLoss, toldAtLoss) = (0, -1);
            var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var link = await Links($"endpoint = \"{server.Endpoint}\"").ConnectAsync(
                cause =>
                {
                    sentAtLoss = Volatile.Read(ref sent);
                    toldAtLoss = Volatile.Read(ref told);
                    lost.TrySetResult(cause);
                },
                CancellationToken.None);
            var requests = Enumerable.Range(0, 2_000)
                .Select(_ => new RecordedRequest("PING") { OnTold = _ => Interlocked.Increment(ref told) }).ToArray();
            for (var i = 0; i < requests.Length; i++)
            {
                if (i == 100 * round) server.Kill();
                link.Send(requests[i]);
                Interlocked.Increment(ref sent);
            }

            await lost.Task.WaitAsync(Patience);
            Assert.InRange(toldAtLoss, sentAtLoss, 2_000);
            await Task.WhenAll(requests.Select(request => request.Told)).WaitAsync(Patience);
            Assert.Equal(2_000, told);

            var late = new RecordedRequest("PING");
            link.Send(late);
            Assert.True(late.Told.IsCompleted);
            Assert.True(late.Fault!.CertainlyNotSent);
        }
    }

    [Fact]
    public async Task Causes_are_in_plain_words_without_the_clients_counters()
    {
        var server = await StartServerAsync();
        var (_, closed) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        await server.KillClientsAsync();
        Assert.Equal("the server closed the connection", await closed.WaitAsync(Patience));

        await using var proxy = FaultProxy.Start(server);
        var (link, reset) = await ConnectAsync(Links($"endpoint = \"{proxy.Endpoint}\""));
        await server.ExecuteAsync("CLIENT", "PAUSE", "20000", "WRITE");
        var request = new RecordedRequest("SET", "key", "value");
        link.Send(request);

        // A request that is being written takes the reset away from whoever reads, who then sees no more than an end.
        await UntilAsync(async () => (await server.ListClientsAsync()).Any(client => client.LastCommand == "set"));
        proxy.Cut();
        var cause = await reset.WaitAsync(Patience);
        Assert.Matches("^the connection broke: (Connection reset by peer|Broken pipe)$", cause);
        Assert.Equal($"failed: {cause}", await request.Told.WaitAsync(Patience));
        await server.ExecuteAsync("CLIENT", "UNPAUSE");

        var (abandoned, why) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        abandoned.Abandon("it has become a replica");
        Assert.Equal("it has become a replica", await why.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_request_that_throws_when_it_is_told_harms_no_other()
    {
        var server = await StartServerAsync();
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));

        var requests = Enumerable.Range(0, 100).Select(i => new RecordedRequest(i % 3 == 0 ? "NOSUCH" : "ECHO", $"{i}")
        {
            OnTold = _ =>
            {
                if (i % 2 == 0) throw new InvalidOperationException("the mailbox is broken");
            },
        }).ToArray();
        foreach (var request in requests) link.Send(request);

        await Task.WhenAll(requests.Select(request => request.Told)).WaitAsync(Patience);
        Assert.Equal("PONG", (await LinkQuery.AskAsync(link, "PING", []).WaitAsync(Patience)).AsString());
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task An_argument_whose_memory_is_gone_fails_its_own_request_and_no_other()
    {
        var server = await StartServerAsync();
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        var gone = new GoneMemory();

        var before = new RecordedRequest("ECHO", "before");
        var broken = new RecordedRequest("SET", "k", gone.Memory);
        var after = new RecordedRequest("ECHO", "after");
        foreach (var request in new[] { before, broken, after }) link.Send(request);

        Assert.Equal("\"before\"", await before.Told.WaitAsync(Patience));
        Assert.Equal("refused: an argument cannot be read: the memory is gone", await broken.Told.WaitAsync(Patience));
        Assert.Equal("\"after\"", await after.Told.WaitAsync(Patience));
        Assert.Equal("0", (await server.ExecuteAsync("EXISTS", "k")).Text);
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task Whatever_the_client_will_not_write_is_refused_and_nothing_else_suffers()
    {
        var server = await StartServerAsync();
        var (link, lost) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        var disabled = new RecordedRequest("SUBSCRIBE", "news");
        var spaced = new RecordedRequest("CONFIG GET", "save");

        link.Send(disabled);
        link.Send(spaced);

        Assert.StartsWith("refused: ", await disabled.Told.WaitAsync(Patience));
        Assert.StartsWith("refused: ", await spaced.Told.WaitAsync(Patience));
        Assert.Equal("PONG", (await LinkQuery.AskAsync(link, "PING", []).WaitAsync(Patience)).AsString());
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task Lost_links_leave_no_unobserved_exception_behind()
    {
        var server = await StartServerAsync();
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, e) =>
        {
            lock (unobserved) unobserved.Add(e.Exception);
        };
        CollectGarbage();
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            for (var i = 0; i < 20; i++) await LoseOneAsync(server);
            CollectGarbage();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }

        Assert.Empty(unobserved);

        static void CollectGarbage()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    /// <summary>In a method of its own, so that nothing of it is reachable any more when it has returned.</summary>
    private static async Task LoseOneAsync(RedisServer server)
    {
        await using var proxy = FaultProxy.Start(server);
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var links = Links($"endpoint = \"{proxy.Endpoint}\"");
        using var link = await links.ConnectAsync(cause => lost.TrySetResult(cause), CancellationToken.None);
        proxy.Stall();
        for (var i = 0; i < 100; i++) link.Send(new RecordedRequest("PING"));
        using var impatient = new CancellationTokenSource();
        var forgotten = LinkQuery.AskAsync(link, "PING", [], impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forgotten);

        proxy.Cut();
        await lost.Task.WaitAsync(Patience);
        await Assert.ThrowsAsync<RedisLinkException>(() => LinkQuery.AskAsync(link, "PING", []));
    }

    private sealed class GoneMemory : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => throw new InvalidOperationException("the memory is gone");

        public override Memory<byte> Memory => CreateMemory(4);

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("the memory is gone");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
