using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>The spans of commands to a real server.</summary>
[Collection(nameof(AllProcessors))]
public sealed class TracingTests : ServerSpec
{
    private const string Secret = "4711-secret";

    private readonly Spans _spans = new();

    [Fact]
    public async Task A_command_is_a_client_span_below_the_one_it_was_sent_in()
    {
        await AskAsync(Redis(), "set", Secret, Secret);

        var span = Assert.Single(_spans.Ended);
        Assert.Equal(("SET", ActivityKind.Client, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(_spans.Root.SpanId, span.ParentSpanId);
        var tags = Spans.TagsOf(span);
        Assert.Equal("redis", tags["db.system.name"]);
        Assert.Equal("SET", tags["db.operation.name"]);
        Assert.Equal("0", tags["db.namespace"]);
        Assert.Equal("127.0.0.1", tags["server.address"]);
        Assert.Equal(Server.Port, tags["server.port"]);
        Assert.Equal("127.0.0.1", tags["network.peer.address"]);
        Assert.Equal(Server.Port, tags["network.peer.port"]);
        Assert.Equal("applied", tags["redisactors.outcome"]);
        Assert.Equal("default", tags["redisactors.connection"]);
        Assert.False(tags.ContainsKey("error.type"));
        Assert.Equal("sent", Assert.Single(Spans.EventsOf(span), name => name == "sent"));
    }

    [Fact]
    public async Task An_error_of_the_server_is_its_code_and_never_its_text()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", Secret, Secret);
        await OutcomeAsync(AskAsync(redis, "LPUSH", Secret, Secret));
        await OutcomeAsync(redis.ExecuteAsync(new RedisCommand("NOSUCHCOMMAND", Secret)));
        await OutcomeAsync(AskAsync(redis, "SUBSCRIBE", Secret));
        await OutcomeAsync(AskAsync(redis, "EVAL", "return redis.error_reply('4711-secret failed')", 0));

        var spans = _spans.Ended;
        Assert.Equal(["SET", "LPUSH", "NOSUCHCOMMAND", "SUBSCRIBE", "EVAL"], spans.Select(span => span.DisplayName));
        Assert.Equal([null, "WRONGTYPE", "ERR", "not-sent", null], spans.Select(span => Spans.TagsOf(span).GetValueOrDefault("error.type")).Select(type => type is "rejected" ? null : type));
        Assert.Equal([null, "WRONGTYPE", "ERR", null, null], spans.Select(span => Spans.TagsOf(span).GetValueOrDefault("db.response.status_code")));
        Assert.Equal(
            ["applied", "rejected", "rejected", "not-sent", "rejected"], spans.Select(span => Spans.TagsOf(span)["redisactors.outcome"]));
        Assert.Equal(
            [ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Error],
            spans.Select(span => span.Status));
        Assert.DoesNotContain(
            Secret,
            string.Join('\n', spans.SelectMany(span => span.TagObjects
                .Concat(span.Events.SelectMany(happened => happened.Tags))
                .Select(tag => $"{tag.Key}={tag.Value}")
                .Append(span.DisplayName)
                .Append(span.StatusDescription))));
    }

    /// <summary>The activity that is current in an actor is nobody's.</summary>
    [Fact]
    public async Task The_parent_is_where_the_command_was_made_whichever_actors_it_passes()
    {
        var redis = Redis();
        RedisCommand command;
        ActivitySpanId parent;
        using (var order = Spans.Begin("order"))
        {
            parent = order.SpanId;
            command = new RedisCommand("INCR", "orders") { Timeout = TimeSpan.FromSeconds(10), State = "one" };
        }

        var worker = Kit.CreateTestProbe();
        worker.Ref.Tell(command with { Delivery = DeliveryMode.ExactlyOnce });
        redis.Tell(await worker.ExpectMsgAsync<RedisCommand>(Patience), worker.Ref);
        await worker.ExpectMsgAsync<RedisReply>(Patience);

        Assert.Equal(parent, Assert.Single(_spans.Ended).ParentSpanId);
    }

    [Fact]
    public async Task A_command_that_is_made_once_and_awaited_often_is_below_whoever_awaits_it()
    {
        var redis = Redis();
        var command = new RedisCommand("PING");
        List<ActivitySpanId> callers = [];
        for (var i = 0; i < 3; i++)
        {
            using var caller = Spans.Begin("caller");
            callers.Add(caller.SpanId);
            await redis.ExecuteAsync(command);
            Assert.Same(caller, Activity.Current);
        }

        Assert.Equal(callers, _spans.Ended.Select(span => span.ParentSpanId));
    }

    [Fact]
    public async Task A_command_without_a_current_activity_is_a_trace_of_its_own()
    {
        var redis = Redis();
        await AskAsync(redis, "PING");
        var root = Activity.Current;
        Activity.Current = null;
        await redis.ExecuteAsync("ECHO", "alone");
        Activity.Current = root;

        var span = Assert.Single(_spans.All, span => span.DisplayName == "ECHO");
        Assert.Equal(default, span.ParentSpanId);
        Assert.NotEqual(_spans.Root.TraceId, span.TraceId);
    }

    [Fact]
    public async Task A_transaction_is_one_span_and_says_of_what()
    {
        var redis = Redis();

        await redis.ExecuteAsync(new RedisTransaction(new RedisCommand("INCR", "a"), new RedisCommand("incr", "b")) { Database = 3 });
        await redis.ExecuteAsync(new RedisTransaction(new RedisCommand("INCR", "a"), new RedisCommand("DECR", "b")));

        Assert.Equal(["MULTI INCR", "MULTI"], _spans.Ended.Select(span => span.DisplayName));
        Assert.Equal([2, 2], _spans.Ended.Select(span => Spans.TagsOf(span)["db.operation.batch.size"]));
        Assert.Equal(["3", "0"], _spans.Ended.Select(span => Spans.TagsOf(span)["db.namespace"]));
    }

    [Fact]
    public async Task A_command_that_blocks_is_one_span_as_long_as_the_wait()
    {
        var redis = Redis();
        var waiting = AskAsync(redis, "BLPOP", "list", 0);
        await Eventually.HoldsAsync(async () => (await Server.ListClientsAsync()).Any(client => client.LastCommand == "blpop"));
        await Task.Delay(200);
        await AskAsync(redis, "RPUSH", "list", "one");
        await waiting;

        await Eventually.HoldsAsync(() => _spans.Ended.Length >= 2);
        Assert.Equal(["BLPOP", "RPUSH"], _spans.Ended.Select(span => span.DisplayName).Order());
        var span = _spans.Ended.Single(span => span.DisplayName == "BLPOP");
        Assert.True(span.Duration >= TimeSpan.FromMilliseconds(200), $"{span.Duration}");
        Assert.Equal("applied", Spans.TagsOf(span)["redisactors.outcome"]);
    }

    [Fact]
    public async Task Who_blocks_and_stops_is_noticed_although_the_command_is_traced()
    {
        var redis = Redis();
        var waiter = Kit.CreateTestProbe();
        redis.Tell(new RedisCommand("BLPOP", "list", 0), waiter.Ref);
        await Eventually.HoldsAsync(async () => (await Server.ListClientsAsync()).Any(client => client.LastCommand == "blpop"));

        Kit.Sys.Stop(waiter.Ref);
        await Eventually.HoldsAsync(() => _spans.Ended.Length == 1);

        Assert.Equal("given-up", Spans.TagsOf(_spans.Ended[0])["error.type"]);
        await AskAsync(redis, "RPUSH", "list", "one");
        Assert.Equal("one", (await AskAsync(redis, "LPOP", "list")).Value.AsString());
    }

    [Fact]
    public async Task A_command_that_comes_after_the_end_is_a_span_too()
    {
        var redis = Redis();
        await redis.GracefulStop(Patience);

        Assert.Equal(Outcome.NotSent, await OutcomeAsync(AskAsync(redis, "PING")));

        Assert.Equal("not-sent", Spans.TagsOf(Assert.Single(_spans.Ended))["redisactors.outcome"]);
    }

    public override Task DisposeAsync()
    {
        _spans.Dispose();
        return base.DisposeAsync();
    }
}
