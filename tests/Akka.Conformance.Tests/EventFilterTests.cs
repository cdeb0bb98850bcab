using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

/// <summary>Counting what is logged. The leeway is short here, as half of these show that nothing was logged.</summary>
public sealed class EventFilterTests() : ActorSpec("""
    akka.loglevel = DEBUG
    akka.test.filter-leeway = 250ms
    """)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private new ILoggingAdapter Log => Logging.GetLogger(Sys, "a test");

    [Fact]
    public async Task One_event_is_one() =>
        await EventFilter.Info("hello").ExpectOneAsync(Long, () => Say(l => l.Info("hello")));

    [Fact]
    public async Task Events_are_counted() =>
        await EventFilter.Info("hello").ExpectAsync(3, Long, () => Say(l =>
        {
            l.Info("hello");
            l.Info("hello");
            l.Info("hello");
        }));

    [Fact]
    public async Task It_waits_for_what_is_logged_later() =>
        await EventFilter.Warning("later").ExpectOneAsync(Long, () =>
        {
            var log = Log;
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(50), () => log.Warning("later"));
            return Task.CompletedTask;
        });

    [Fact]
    public async Task It_fails_when_nothing_was_logged() => await Assert.ThrowsAnyAsync<Exception>(
        () => EventFilter.Info("hello").ExpectOneAsync(() => Task.CompletedTask));

    [Fact]
    public async Task It_fails_when_too_few_were_logged() => await Assert.ThrowsAnyAsync<Exception>(
        () => EventFilter.Info("hello").ExpectAsync(2, () => Say(l => l.Info("hello"))));

    [Fact]
    public async Task It_fails_when_too_many_were_logged() => await Assert.ThrowsAnyAsync<Exception>(
        () => EventFilter.Info("hello").ExpectAsync(1, () => Say(l =>
        {
            l.Info("hello");
            l.Info("hello");
        })));

    [Fact]
    public async Task It_fails_when_something_else_was_logged() => await Assert.ThrowsAnyAsync<Exception>(
        () => EventFilter.Info("hello").ExpectOneAsync(() => Say(l => l.Info("goodbye"))));

    [Fact]
    public async Task Another_level_does_not_count() => await Assert.ThrowsAnyAsync<Exception>(
        () => EventFilter.Warning("hello").ExpectOneAsync(() => Say(l => l.Info("hello"))));

    [Fact]
    public async Task Zero_events_may_be_expected()
    {
        await EventFilter.Warning().ExpectAsync(0, () => Say(l => l.Info("no warning")));
        await Assert.ThrowsAnyAsync<Exception>(
            () => EventFilter.Warning().ExpectAsync(0, () => Say(l => l.Warning("a warning"))));
    }

    [Fact]
    public async Task A_filter_without_text_takes_any()
    {
        await EventFilter.Warning().ExpectOneAsync(Long, () => Say(l => l.Warning("whatever")));
        await EventFilter.Error().ExpectOneAsync(Long, () => Say(l => l.Error("whatever")));
    }

    [Fact]
    public async Task Debug_events_are_found_when_the_level_lets_them_through() =>
        await EventFilter.Debug("hello").ExpectOneAsync(Long, () => Say(l => l.Debug("hello")));

    [Fact]
    public async Task A_filter_may_name_the_start_a_part_or_a_pattern()
    {
        await EventFilter.Info(start: "redis").ExpectOneAsync(Long, () => Say(l => l.Info("redis is ready")));
        await EventFilter.Info(contains: "dis is").ExpectOneAsync(Long, () => Say(l => l.Info("redis is ready")));
        await EventFilter.Info(new Regex("^redis .* ready$")).ExpectOneAsync(Long, () => Say(l => l.Info("redis is ready")));
        await Assert.ThrowsAnyAsync<Exception>(
            () => EventFilter.Info(start: "ready").ExpectOneAsync(() => Say(l => l.Info("redis is ready"))));
    }

    [Fact]
    public async Task Arguments_are_put_in_before_it_is_compared() =>
        await EventFilter.Info("epoch 3 is ready").ExpectOneAsync(Long, () => Say(l => l.Info("epoch {0} is {1}", 3, "ready")));

    [Fact]
    public async Task The_exception_of_a_failing_actor_is_found_by_its_type()
    {
        var actor = Start(a => a.FailsAndPings());

        await EventFilter.Exception<InvalidOperationException>().ExpectOneAsync(Long, () =>
        {
            actor.Tell(new InvalidOperationException("asked to"));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task An_exception_is_found_by_a_part_of_its_message()
    {
        var actor = Start(a => a.FailsAndPings());

        await EventFilter.Exception<InvalidOperationException>(contains: "asked").ExpectOneAsync(Long, () =>
        {
            actor.Tell(new InvalidOperationException("asked to"));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_dead_letter_is_found_by_the_type_of_its_message() =>
        await EventFilter.DeadLetter<string>().ExpectOneAsync(Long, () =>
        {
            Sys.DeadLetters.Tell("hello", TestActor);
            return Task.CompletedTask;
        });

    [Fact]
    public async Task A_filter_of_ones_own_sees_the_event() =>
        await EventFilter.Custom(e => e is Warning && e.Cause is null && e.Message.ToString() == "mine")
            .ExpectOneAsync(Long, () => Say(l => l.Warning("mine")));

    [Fact]
    public async Task The_result_of_the_action_is_handed_on()
    {
        var result = await EventFilter.Info("hello").ExpectOneAsync(Long, () =>
        {
            Log.Info("hello");
            return Task.FromResult(42);
        });

        Assert.Equal(42, result);
    }

    [Fact]
    public void The_synchronous_form_counts_too()
    {
        EventFilter.Info("hello").ExpectOne(Long, () => Log.Info("hello"));
        Assert.ThrowsAny<Exception>(() => EventFilter.Info("hello").ExpectOne(() => { }));
    }

    private Task Say(Action<ILoggingAdapter> say)
    {
        say(Log);
        return Task.CompletedTask;
    }
}
