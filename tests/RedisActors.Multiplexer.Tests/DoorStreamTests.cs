using System.Text;
using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Multiplexer.Tests;

/// <summary>The client's end of a front door, without a client.</summary>
public sealed class DoorStreamTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("door", "akka { loglevel = OFF, stdout-loglevel = OFF }");

    private ExtendedActorSystem System => (ExtendedActorSystem)_system;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task A_request_that_cannot_be_handed_on_costs_its_connection_and_nothing_else()
    {
        await using var stream = Open(new Taker(System, _ => throw new InvalidOperationException("nobody foresaw this")));

        await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());

        Assert.Equal(0, await stream.ReadAsync(new byte[10]).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray()));
    }

    [Fact]
    public async Task What_is_written_while_it_is_busy_fails_in_the_same_way()
    {
        var taken = 0;
        await using var stream = Open(new Taker(System, _ =>
        {
            if (++taken > 1) throw new InvalidOperationException("nobody foresaw this");
        }));

        // The first is not answered, so the second goes in on another thread.
        await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());
        await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());

        Assert.Equal(0, await stream.ReadAsync(new byte[10]).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Requests_go_in_in_their_order_however_they_are_written()
    {
        var names = new List<string>();
        await using var stream = Open(new Taker(System, command =>
        {
            lock (names) names.Add(command.ArgumentArray[0].ToString());
        }));
        var expected = Enumerable.Range(0, 20_000).Select(i => $"{i}").ToList();

        foreach (var name in expected)
        {
            var request = Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${name.Length}\r\n{name}\r\n");
            var cut = name[^1] & 7;
            await stream.WriteAsync(request.AsMemory(0, cut));
            await stream.WriteAsync(request.AsMemory(cut));
        }

        await RedisActors.Testing.Eventually.HoldsAsync(() =>
        {
            lock (names) return names.Count == expected.Count;
        });
        Assert.Equal(expected, names);
    }

    private DoorStream Open(IActorRef redis) => new(new FrontDoor(new DoorSettings(redis, System, TimeSpan.FromSeconds(30))));

    /// <summary>Stands for a RedisActor, and never answers.</summary>
    private sealed class Taker(ExtendedActorSystem system, Action<RedisCommand> take) : MinimalActorRef
    {
        public override ActorPath Path { get; } = system.Provider.TempPath();

        public override IActorRefProvider Provider => system.Provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is not CommandBatch batch) take((RedisCommand)message);
            else while (batch.TryTake(out var command, out _)) take(command);
        }
    }
}
