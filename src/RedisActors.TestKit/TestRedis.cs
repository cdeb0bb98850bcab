using Akka.Actor;
using Akka.Actor.Setup;
using Akka.TestKit;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.TestKit;

/// <summary>
/// The RedisActor of an actor system over a Redis in memory: for tests of one's own actors, without a server. Its stash, outcomes, delivery
/// modes, states and reconnects are those of production; only the connection and the server are not real.
/// </summary>
/// <remarks>
/// <para>
/// All connections of the actor system lead to it, by whatever address: <c>RedisExtension.Get(system).RedisActor</c>, those that are named
/// under <c>redis-actors.connections</c>, and the multiplexer. Settings are read from the system's configuration, as always.
/// </para>
/// <para>
/// It models the everyday commands (<see cref="ModelledCommands"/>) as Redis 7.0 answers them, transactions and their conditions, databases, and
/// locks (<see cref="RedisLock"/>).
/// Any other command is rejected with an error that names it; <see cref="OnCommand"/> says what it is to answer, and <see cref="OnScript"/> what a
/// script is to answer. It has no pub/sub, no commands that block and no Lua; topologies other than <c>standalone</c> are not modelled.
/// </para>
/// <para>
/// Keys expire by the clock of the actor system's scheduler. With the <see cref="VirtualTimeScheduler"/> that is virtual time, and so are
/// timeouts and the wait before a reconnect. With Akka's own <see cref="TestScheduler"/>, the timeouts of commands are not.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var redis = TestRedis.Start(Sys);
/// var cart = Sys.ActorOf(Props.Create(() => new Cart(redis.RedisActor)));
/// await redis.GoAwayAsync();
/// cart.Tell(new AddItem("book"));
/// await redis.AwaitStashedAsync(1);
/// await redis.ComeBackAsync();
/// </code>
/// </example>
public sealed class TestRedis
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan VirtualStep = TimeSpan.FromMilliseconds(25);

    private readonly MemoryServer _server = new();
    private ActorSystem? _system;

    /// <summary>Makes one for an actor system that is created later: give it <see cref="Setup"/>.</summary>
    public TestRedis() => Setup = new LinksSetup(_server, Belong);

    /// <summary>
    /// Brings it into an actor system that starts its RedisActor while it is created (<c>akka.extensions</c>, <c>WithRedis</c>):
    /// <c>BootstrapSetup.Create().WithConfig(config).And(redis.Setup)</c>, or with Akka.Hosting <c>builder.AddSetup(redis.Setup)</c>.
    /// </summary>
    public Setup Setup { get; }

    /// <summary>The address to send commands to: the RedisActor of the connection <c>default</c>.</summary>
    /// <exception cref="InvalidOperationException">No actor system has it yet.</exception>
    public IActorRef RedisActor => RedisExtension.Get(System).RedisActor;

    /// <summary>How long the methods that await wait, in real time; 10 s unless set.</summary>
    public TimeSpan Patience { get; set; } = DefaultPatience;

    /// <summary>The commands that it answers by itself, in upper case.</summary>
    public IReadOnlyList<string> ModelledCommands => [.. _server.Modelled];

    /// <summary>
    /// The commands of senders that have run so far, in their order, each as one would type it: <c>SET visits 1</c>. One that was replayed
    /// and answered from its token has run once.
    /// </summary>
    public IReadOnlyList<string> Executed => _server.Executed;

    private ActorSystem System => _system ?? throw new InvalidOperationException(
        "No actor system has this TestRedis: use TestRedis.Start(system), or give TestRedis.Setup to the actor system and start its RedisActor.");

    /// <summary>Makes one for an actor system that has not started its RedisActor, and starts that.</summary>
    /// <exception cref="InvalidOperationException">The system has a RedisActor already, which leads elsewhere.</exception>
    public static TestRedis Start(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var redis = new TestRedis();
        system.RegisterExtension(new Provider(redis._server));
        if (!ReferenceEquals(RedisExtension.Get(system).Links, redis._server))
        {
            throw new InvalidOperationException(
                "This actor system has started its RedisActor already. Call TestRedis.Start first, or give TestRedis.Setup to the actor system.");
        }

        redis.Belong(system);
        _ = redis.RedisActor;
        return redis;
    }

    /// <summary>Says what a command answers from now on, instead of the model. An error (<see cref="RespValue.Error"/>) rejects it.</summary>
    /// <param name="name">The command's name, in any case.</param>
    /// <param name="answer">
    /// Called for each such command, also within a transaction, by one thread at a time; it must neither block nor use this object.
    /// </param>
    public void OnCommand(string name, Func<RedisCommand, RespValue> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _server.OnCommand(NameOf(name), answer);
    }

    /// <summary>
    /// Says what a script answers from now on: there is no Lua here. Sent exactly-once it has a token, as in production: it is not called again
    /// for a token that it was called for.
    /// </summary>
    /// <param name="text">The script's text, as it is sent.</param>
    /// <param name="answer">
    /// Called for each such <see cref="RedisScript"/>, by one thread at a time; it must neither block nor use this object. An error
    /// (<see cref="RespValue.Error"/>) rejects it.
    /// </param>
    public void OnScript(string text, Func<RedisScript, RespValue> answer)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(answer);
        _server.OnScript(ScriptText.Of(text), answer);
    }

    /// <summary>Says what becomes of the next command of this name; called twice, of the one after it as well.</summary>
    /// <param name="name">The command's name, in any case.</param>
    public NextCommand Next(string name) => new(_server, NameOf(name));

    /// <summary>Runs a command on the server directly, as redis-cli would, whether the connection is there or not.</summary>
    /// <returns>The reply; an error is a value of the kind <see cref="RespKind.Error"/>.</returns>
    public RespValue Execute(string name, params ReadOnlySpan<RedisValue> arguments) => _server.Execute(NameOf(name), arguments.ToArray(), database: 0);

    /// <summary>The server goes away: connections are lost, and none can be made. Returns when the RedisActor knows.</summary>
    /// <param name="cause">Why, in one line; it becomes the cause of the loss.</param>
    /// <exception cref="TimeoutException">It did not happen within <see cref="Patience"/>.</exception>
    public async Task GoAwayAsync(string cause = "the test took Redis away")
    {
        ArgumentNullException.ThrowIfNull(cause);
        _server.GoAway(cause);
        await AwaitAsync(status => status.State is not null and not RedisReady, "be without a connection", moves: false).ConfigureAwait(false);
    }

    /// <summary>
    /// The server comes back. Returns when the RedisActor is ready again. Under a <see cref="TestScheduler"/> this moves the virtual time as far
    /// as the reconnect needs, in steps of 25 ms.
    /// </summary>
    /// <exception cref="TimeoutException">It did not happen within <see cref="Patience"/>.</exception>
    public async Task ComeBackAsync()
    {
        _server.ComeBack();
        await AwaitReadyAsync().ConfigureAwait(false);
    }

    /// <summary>Replies are kept back from now on: commands run, and stay in flight.</summary>
    public void HoldReplies() => _server.HoldReplies(true);

    /// <summary>The replies that were kept back arrive, and those that follow are not kept back.</summary>
    public void ReleaseReplies() => _server.HoldReplies(false);

    /// <summary>Waits until the RedisActor is ready; moves virtual time as <see cref="ComeBackAsync"/> does.</summary>
    /// <exception cref="TimeoutException">It did not happen within <see cref="Patience"/>.</exception>
    public Task AwaitReadyAsync() => AwaitAsync(status => status.State is RedisReady, "be ready", moves: true);

    /// <summary>Waits until this many commands are stashed, neither more nor fewer.</summary>
    /// <exception cref="TimeoutException">It did not happen within <see cref="Patience"/>.</exception>
    public Task AwaitStashedAsync(int count) => AwaitAsync(status => status.Stashed == count, $"have {count} commands stashed", moves: false);

    /// <summary>Waits until this many commands are in flight, neither more nor fewer; see <see cref="HoldReplies"/>.</summary>
    /// <exception cref="TimeoutException">It did not happen within <see cref="Patience"/>.</exception>
    public Task AwaitInFlightAsync(int count) => AwaitAsync(status => status.InFlight == count, $"have {count} commands in flight", moves: false);

    private static string NameOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return name.ToUpperInvariant();
    }

    private void Belong(ActorSystem system)
    {
        _system = system;
        _server.Clock = () => system.Scheduler.Now;
    }

    private async Task AwaitAsync(Predicate<RedisStatus> holds, string what, bool moves)
    {
        using var limit = new CancellationTokenSource(Patience);
        RedisStatus? last = null;
        while (true)
        {
            try
            {
                last = await RedisActor.Ask<RedisStatus>(GetStatus.Instance, limit.Token).ConfigureAwait(false);
                if (holds(last)) return;
                if (moves && System.Scheduler is TestScheduler scheduler) scheduler.Advance(VirtualStep);
                await Task.Delay(Interval, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The RedisActor did not {what} within {Patience}. Its last status: {last?.ToString() ?? "none"}.");
            }
        }
    }

    private sealed class Provider(MemoryServer server) : ExtensionIdProvider<RedisExtension>
    {
        public override RedisExtension CreateExtension(ExtendedActorSystem system) => new(system, server);
    }
}
