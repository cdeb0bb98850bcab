using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class EventStreamTests : ActorSpec
{
    private interface IHappening;

    [Fact]
    public async Task A_subscriber_receives_what_is_published_of_its_type()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));

        Sys.EventStream.Publish(new Snowed(1));
        Sys.EventStream.Publish(new Rained(2));

        await ExpectMsgAsync(new Rained(2));
    }

    [Fact]
    public async Task A_subscriber_of_a_base_class_receives_what_derives_from_it()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Weather));

        Sys.EventStream.Publish(new Snowed(1));
        Sys.EventStream.Publish(new Rained(2));

        await ExpectMsgAsync(new Snowed(1));
        await ExpectMsgAsync(new Rained(2));
    }

    [Fact]
    public async Task A_subscriber_of_an_interface_receives_what_implements_it()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(IHappening));

        Sys.EventStream.Publish(new Rained(2));

        await ExpectMsgAsync(new Rained(2));
    }

    [Fact]
    public async Task A_subscriber_of_a_derived_type_does_not_receive_its_base()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));

        Sys.EventStream.Publish(new Weather());
        Sys.EventStream.Publish(new Rained(1));

        await ExpectMsgAsync(new Rained(1));
    }

    [Fact]
    public async Task Every_subscriber_receives_an_event()
    {
        var probes = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes)
        {
            Sys.EventStream.Subscribe(probe.Ref, typeof(Rained));
        }

        Sys.EventStream.Publish(new Rained(1));

        foreach (var probe in probes)
        {
            await probe.ExpectMsgAsync(new Rained(1));
        }
    }

    [Fact]
    public async Task Subscribing_twice_is_the_same_as_once()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Rained)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Rained)));

        Sys.EventStream.Publish(new Rained(1));
        Sys.EventStream.Publish(new Rained(2));

        await ExpectMsgAsync(new Rained(1));
        await ExpectMsgAsync(new Rained(2));
    }

    [Fact]
    public async Task Subscribed_to_a_type_and_its_base_an_event_is_received_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Weather));
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));

        Sys.EventStream.Publish(new Rained(1));
        Sys.EventStream.Publish(new Rained(2));

        await ExpectMsgAsync(new Rained(1));
        await ExpectMsgAsync(new Rained(2));
    }

    [Fact]
    public async Task After_Unsubscribe_nothing_is_received()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));
        Sys.EventStream.Subscribe(TestActor, typeof(Snowed));

        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Rained)));
        Sys.EventStream.Publish(new Rained(1));
        Sys.EventStream.Publish(new Snowed(2));

        await ExpectMsgAsync(new Snowed(2));
    }

    [Fact]
    public async Task Unsubscribe_without_a_type_ends_all_subscriptions()
    {
        var other = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));
        Sys.EventStream.Subscribe(TestActor, typeof(Snowed));
        Sys.EventStream.Subscribe(other.Ref, typeof(Snowed));

        Assert.True(Sys.EventStream.Unsubscribe(TestActor));
        Sys.EventStream.Publish(new Rained(1));
        Sys.EventStream.Publish(new Snowed(2));
        await other.ExpectMsgAsync(new Snowed(2));
        TestActor.Tell("end");

        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task Events_of_one_publisher_arrive_in_order()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Rained));

        for (var i = 0; i < 500; i++)
        {
            Sys.EventStream.Publish(new Rained(i));
        }

        for (var i = 0; i < 500; i++)
        {
            await ExpectMsgAsync(new Rained(i));
        }
    }

    [Fact]
    public async Task A_subscriber_that_stopped_is_no_longer_subscribed()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.DeadLetter));
        Sys.EventStream.Subscribe(probe.Ref, typeof(Rained));
        await WatchAsync(probe.Ref);
        Sys.Stop(probe.Ref);
        await ExpectTerminatedAsync(probe.Ref);

        await AwaitConditionAsync(() => !Sys.EventStream.Unsubscribe(probe.Ref), Patience, "it is still subscribed");
    }

    private record Weather : IHappening;

    private sealed record Rained(int Litres) : Weather;

    private sealed record Snowed(int Metres) : Weather;
}
