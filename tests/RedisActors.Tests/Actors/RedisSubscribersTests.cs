using Akka.Actor;
using Akka.Event;

namespace RedisActors.Tests.Actors;

public sealed class RedisSubscribersTests : RedisSpec
{
    [Fact]
    public async Task A_subscriber_is_told_the_present_state_first_and_every_change_from_then_on()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();

        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
        await subscriber.ExpectMsgAsync<RedisConnecting>();
    }

    [Fact]
    public async Task Every_subscriber_is_told()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscribers = Enumerable.Range(0, 10).Select(_ => CreateTestProbe()).ToArray();
        foreach (var subscriber in subscribers) redis.Tell(new SubscribeToState(subscriber.Ref));
        foreach (var subscriber in subscribers) await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        foreach (var subscriber in subscribers) await subscriber.ExpectMsgAsync<RedisLost>();
    }

    [Fact]
    public async Task Subscribing_twice_is_the_same_as_once()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        await subscriber.ExpectMsgAsync<RedisReady>();

        connection.Lose();

        await subscriber.ExpectMsgAsync<RedisLost>();
        await subscriber.ExpectMsgAsync<RedisBackingOff>();
    }

    [Fact]
    public async Task One_that_unsubscribed_is_told_no_more_and_may_subscribe_again()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        redis.Tell(new UnsubscribeFromState(subscriber.Ref));
        var another = CreateTestProbe();
        redis.Tell(new SubscribeToState(another.Ref));
        await another.ExpectMsgAsync<RedisReady>();
        await LoseAndReturnAsync(redis, connection);
        await NothingMoreAsync(subscriber);

        redis.Tell(new SubscribeToState(subscriber.Ref));
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisReady>()).Epoch);
    }

    [Fact]
    public async Task Unsubscribing_without_having_subscribed_does_no_harm()
    {
        var (redis, connection) = await StartReadyAsync();

        redis.Tell(new UnsubscribeFromState(TestActor));

        await LoseAndReturnAsync(redis, connection);
    }

    [Fact]
    public async Task A_subscriber_that_stopped_is_forgotten()
    {
        var (redis, connection) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();
        var deadLetters = Listen(typeof(DeadLetter));

        Sys.Stop(subscriber.Ref);

        // The supervisor hears of it a little later; from then on an outage makes no dead letters.
        using var patience = new CancellationTokenSource(Patience);
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            await DrainAsync(deadLetters);
            connection = await LoseAndReturnAsync(redis, connection);
        }
        while ((await DrainAsync(deadLetters)).Cast<DeadLetter>().Any(letter => letter.Message is RedisConnectionEvent));
    }

    [Fact]
    public async Task On_the_event_stream_one_hears_of_all_changes_or_of_one_kind()
    {
        var all = Listen(typeof(RedisConnectionEvent));
        var losses = Listen(typeof(RedisLost));

        var (redis, connection) = await StartReadyAsync();
        await LoseAndReturnAsync(redis, connection);

        string[] expected = ["RedisConnecting", "RedisReady", "RedisLost", "RedisBackingOff", "RedisConnecting", "RedisReady"];
        Assert.Equal(expected, (await DrainAsync(all)).Select(state => state.GetType().Name));
        Assert.IsType<RedisLost>(Assert.Single(await DrainAsync(losses)));
    }

    private async Task<ScriptedConnection> LoseAndReturnAsync(IActorRef redis, ScriptedConnection connection)
    {
        connection.Lose();
        await AwaitStateAsync<RedisLost>();
        return await MakeReadyAsync(redis);
    }
}
