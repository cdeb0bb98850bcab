using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>When a node that serves has the server forget the tokens of a <see cref="RemoteRedis"/>.</summary>
public sealed class ServingSessionTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("serving", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly TokenContext _tokens = new(TimeSpan.FromMinutes(1));
    private readonly Inbox _redis;
    private readonly Inbox _remote;
    private readonly ServingSession _session;

    public ServingSessionTests()
    {
        (_redis, _remote) = (Inbox.Create(_system), Inbox.Create(_system));
        var node = new ServingNode((ExtendedActorSystem)_system, _redis.Receiver, _redis.Receiver, new MessageLimit(100_000, "maximum-frame-size"));
        _session = new ServingSession(1, _remote.Receiver, node);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _redis.Dispose();
        _remote.Dispose();
        await _system.Terminate();
    }

    [Fact]
    public async Task A_token_goes_when_the_answer_is_confirmed_and_not_before()
    {
        await AnswerAsync(Frame(1, new RemoteRequest(17, long.MaxValue, Increment(), TokenMayGo: true)));
        _session.Receive(Frame(0), takesCommands: true);
        Assert.Empty(Released());

        _session.Receive(Frame(0) with { Taken = 1 }, takesCommands: true);
        Assert.Equal(["token 17"], Released());

        _session.Receive(Frame(0) with { Taken = 1 }, takesCommands: true);
        Assert.Empty(Released());
    }

    [Fact]
    public async Task Tokens_of_commands_that_were_sent_elsewhere_too_are_kept()
    {
        await AnswerAsync(Frame(
            1, new RemoteRequest(17, long.MaxValue, Increment(), TokenMayGo: true), new RemoteRequest(18, long.MaxValue, Increment(), TokenMayGo: true)));

        _session.Receive(Frame(0) with { Taken = 1, KeepsUpTo = 17 }, takesCommands: true);

        Assert.Equal(["token 18"], Released());
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_token_that_somebody_else_knows()
    {
        _session.Receive(Frame(1, new RemoteRequest(17, long.MaxValue, Increment())), takesCommands: true);

        Assert.True((await ReceiveAsync<CommandBatch>(_redis)).TryTake(out _, out var sender));
        Assert.IsNotType<ITokenHolder>(sender, exactMatch: false);
    }

    private static RedisCommand Increment() => new("INCR", "n") { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "t" };

    private static CommandFrame Frame(long number, params RemoteRequest[] requests) => new(1, number, number, 0, false, requests);

    /// <summary>The RedisActor's part: it says that the token may go, and answers.</summary>
    private async Task AnswerAsync(CommandFrame frame)
    {
        _session.Receive(frame, takesCommands: true);
        var batch = await ReceiveAsync<CommandBatch>(_redis);
        while (batch.TryTake(out var command, out var sender))
        {
            ((ITokenHolder)sender).TokenMayGo(command.State, new HeldToken(_tokens, $"token {command.State}"));
            sender.Tell(new RedisReply(RespValue.Integer(1), command.State), _redis.Receiver);
        }

        for (var answered = 0; answered < frame.Requests.Length;) answered += (await ReceiveAsync<AnswerFrame>(_remote)).Answers.Length;
    }

    private static async Task<T> ReceiveAsync<T>(Inbox inbox)
    {
        while (true)
        {
            if (await inbox.ReceiveAsync(Eventually.Patience) is T message) return message;
        }
    }

    private string[] Released() => [.. _tokens.TakeReleases().SelectMany(keys => keys).Select(key => key.ToString())];
}
