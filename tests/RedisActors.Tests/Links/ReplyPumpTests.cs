using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Tests.Links;

/// <summary>How the replies of a link come to their requests, with a client that completes them as it likes.</summary>
public sealed class ReplyPumpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Client _client = new();

    [Fact]
    public async Task Each_request_is_told_its_own_reply_once_and_in_order_whoever_completes_them_in_whatever_order()
    {
        const int Waves = 200;
        const int InFlight = 300;
        var pump = _client.Pump;

        for (var wave = 0; wave < Waves; wave++)
        {
            var completing = Task.CompletedTask;
            for (var i = 0; i < InFlight; i++)
            {
                pump.Add(new Request((wave * InFlight) + i));

                // The first half is completed, backwards, while the second is still being sent.
                if (i == InFlight / 2) completing = Task.Run(() => _client.CompleteBackwards(InFlight / 2));
            }

            await completing;
            _client.CompleteBackwards(int.MaxValue);
        }

        pump.End();
        await _client.Ended.Task.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, Waves * InFlight).Select(number => (number, Error: (string?)$"{number}")), _client.Told);
        Assert.False(_client.WasToldByTwoAtOnce);
    }

    [Fact]
    public void A_reply_that_is_there_already_is_told_before_the_hand_over_returns()
    {
        _client.CompletesAtOnce = true;

        _client.Pump.Add(new Request(1));
        _client.Pump.Add(new Request(2));

        Assert.Equal([(1, "1"), (2, "2")], _client.Told);
    }

    [Fact]
    public async Task The_end_is_told_when_the_last_request_has_been_and_not_before()
    {
        var pump = _client.Pump;
        for (var i = 0; i < 10; i++) pump.Add(new Request(i));

        pump.End();
        pump.Add(new Request(10));
        Assert.False(_client.Ended.Task.IsCompleted);
        _client.CompleteBackwards(int.MaxValue);

        Assert.Equal(11, await _client.Ended.Task.WaitAsync(Patience));
        Assert.True(pump.HasEnded);
        Assert.False(pump.Add(new Request(11)));
        Assert.Equal(11, _client.Told.Count);
    }

    [Fact]
    public async Task An_idle_one_ends_at_once()
    {
        _client.Pump.End();

        Assert.Equal(0, await _client.Ended.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_client_that_never_completes_a_reply_does_not_hold_up_the_end()
    {
        var pump = _client.Pump;
        for (var i = 0; i < 5; i++) pump.Add(new Request(i));
        pump.End();

        Assert.True(pump.GiveUp());

        Assert.Equal(5, await _client.Ended.Task.WaitAsync(Patience));
        Assert.Equal(Enumerable.Range(0, 5).Select(number => (number, (string?)null)), _client.Told);
        _client.CompleteBackwards(int.MaxValue);
        Assert.Equal(5, _client.Told.Count);
    }

    /// <summary>Whoever wins, each request is told once, and so is the end.</summary>
    [Fact]
    public async Task Replies_that_come_while_it_gives_up_are_told_once()
    {
        for (var round = 0; round < 500; round++)
        {
            var client = new Client();
            for (var i = 0; i < 20; i++) client.Pump.Add(new Request(i));
            client.Pump.End();

            var completing = Task.Run(() => client.CompleteBackwards(int.MaxValue));
            while (!client.Pump.HasEnded && !client.Pump.GiveUp()) await Task.Yield();
            await completing;

            Assert.Equal(20, await client.Ended.Task.WaitAsync(Patience));
            Assert.Equal(Enumerable.Range(0, 20), client.Told.Select(each => each.Number));
        }
    }

    [Fact]
    public async Task Requests_of_several_threads_and_an_end_among_them_are_each_told_once_or_not_taken()
    {
        for (var round = 0; round < 200; round++)
        {
            var client = new Client { CompletesAtOnce = round % 2 == 0 };
            var taken = 0;
            var senders = Enumerable.Range(0, 3).Select(sender => Task.Run(() =>
            {
                for (var i = 0; i < 50; i++)
                {
                    if (client.Pump.Add(new Request((sender * 50) + i))) Interlocked.Increment(ref taken);
                }
            })).ToArray();
            client.Pump.End();
            await Task.WhenAll(senders);
            client.CompleteBackwards(int.MaxValue);

            await client.Ended.Task.WaitAsync(Patience);
            Assert.Equal(taken, client.Told.Count);
            Assert.Equal(taken, client.Told.Select(each => each.Number).Distinct().Count());
            Assert.False(client.WasToldByTwoAtOnce);
        }
    }

    /// <summary>Completes replies as the test says, each with an error that names its request, and notes what is told.</summary>
    private sealed class Client
    {
        private readonly Lock _lock = new();
        private readonly List<(int Number, TaskCompletionSource<RedisResult> Reply)> _open = [];
        private int _telling;

        public Client() => Pump = new ReplyPump(HandOver, Tell, () => Ended.TrySetResult(Told.Count));

        public ReplyPump Pump { get; }

        public bool CompletesAtOnce { get; set; }

        public List<(int Number, string? Error)> Told { get; } = [];

        public bool WasToldByTwoAtOnce { get; private set; }

        /// <summary>How many had been told when the end was.</summary>
        public TaskCompletionSource<int> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void CompleteBackwards(int count)
        {
            (int Number, TaskCompletionSource<RedisResult> Reply)[] open;
            lock (_lock)
            {
                open = [.. _open.Take(count)];
                _open.RemoveRange(0, open.Length);
            }

            foreach (var (number, reply) in open.Reverse()) reply.SetException(Error(number));
        }

        private static InvalidOperationException Error(int number) => new($"{number}");

        private Task HandOver(LinkRequest request)
        {
            var number = ((Request)request).Number;
            if (CompletesAtOnce) return Task.FromException<RedisResult>(Error(number));
            var reply = new TaskCompletionSource<RedisResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock) _open.Add((number, reply));
            return reply.Task;
        }

        private void Tell(LinkRequest request, Task? reply)
        {
            if (Interlocked.Increment(ref _telling) > 1) WasToldByTwoAtOnce = true;
            Told.Add((((Request)request).Number, reply is { IsCompleted: true } ? reply.Exception!.InnerException!.Message : null));
            Interlocked.Decrement(ref _telling);
        }
    }

    private sealed class Request(int number) : LinkRequest
    {
        public int Number => number;

        public override string Name => "GET";

        public override RedisValue[] Arguments => [];

        public override int? Database => null;

        public override void Succeed(in RespValue value) => throw new NotSupportedException();

        public override void Reject(string serverError) => throw new NotSupportedException();

        public override void Refuse(string reason) => throw new NotSupportedException();

        public override void Garble(string reason) => throw new NotSupportedException();

        public override void Fail(LinkFault fault) => throw new NotSupportedException();
    }
}
