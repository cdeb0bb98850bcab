using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

/// <summary>What exactly-once is worth on the embedded server, and that users hear of it.</summary>
public sealed class LibraryOnEmbeddedServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private EmbeddedServer _server = null!;
    private ActorSystem _system = null!;
    private IActorRef _redis = null!;

    public async Task InitializeAsync()
    {
        _server = await EmbeddedServer.StartAsync();
        _system = ActorSystem.Create("embedded", ConfigurationFactory.ParseString($$"""
            akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }
            redis-actors.default { endpoint = "{{_server.Endpoint}}", delivery = exactly-once, command-timeout = 60s }
            """));
        _redis = RedisExtension.Get(_system).RedisActor;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_library_recognises_the_server_and_warns_of_what_exactly_once_is_worth()
    {
        var warning = new TaskCompletionSource<string>();
        var listener = _system.ActorOf(Props.Create(() => new Listener(warning)));
        _system.EventStream.Subscribe(listener, typeof(Warning));

        Assert.Equal(1, await IncrementAsync());
        Assert.Contains($"the server is {_server.Name};", await warning.Task.WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_was_sent_twice_runs_once_and_its_token_is_left_to_expire()
    {
        Assert.Equal(1, await IncrementAsync());
        while ((await _server.ExecuteAsync("KEYS", "redisactors:*")).Items.Count > 0) await Task.Delay(10);

        await _server.SuspendAllThreadsAsync();
        var second = IncrementAsync();
        await UntilLostAsync();
        _server.Resume();

        Assert.Equal(2, await second);
        Assert.Equal("2", (await _server.ExecuteAsync("GET", "counter")).Text);
        var token = Assert.Single((await _server.ExecuteAsync("KEYS", "redisactors:*")).Items);
        Assert.InRange((await _server.ExecuteAsync("PTTL", token.Text!)).AsInt64(), 1, long.MaxValue);
    }

    [Fact]
    public async Task A_token_and_its_reply_survive_an_orderly_stop()
    {
        Assert.Equal(1, await IncrementAsync("order-1"));
        await _server.EndAsync();
        await _server.StartAgainAsync();

        Assert.Equal(1, await IncrementAsync("order-1"));
        Assert.Equal(2, await IncrementAsync("order-2"));
    }

    private async Task<long> IncrementAsync(string? key = null)
    {
        var reply = await _redis.Ask<RedisReply>(new RedisCommand("INCR", "counter") { IdempotencyKey = key }, Patience);
        return reply.Value.AsInt64();
    }

    private async Task UntilLostAsync()
    {
        using var clock = new CancellationTokenSource(Patience);
        while ((await _redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State is RedisReady) await Task.Delay(10, clock.Token);
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<string> warning)
        {
            Receive<Warning>(message =>
            {
                var text = $"{message.Message}";
                if (text.Contains("the server is", StringComparison.Ordinal)) warning.TrySetResult(text);
            });
        }
    }
}
