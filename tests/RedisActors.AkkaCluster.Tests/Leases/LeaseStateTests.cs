using RedisActors.Locks;

namespace RedisActors.AkkaCluster.Tests.Leases;

public sealed class LeaseStateTests
{
    private static readonly LeaseTimes Times = new(Seconds(10), Seconds(9), Seconds(2));
    private readonly LeaseState _state = new(Times);

    [Fact]
    public void Is_held_from_the_answer_until_a_margin_before_its_time_to_live_counted_from_the_request()
    {
        Assert.True(_state.Acquired("a", 7, sentAt: Seconds(1), now: Seconds(3)));
        Assert.Equal(7, _state.HeldAt(Seconds(9.99))?.Token);
        Assert.Null(_state.HeldAt(Seconds(10)));
    }

    [Fact]
    public void A_reply_that_comes_after_that_grants_nothing()
    {
        Assert.False(_state.Acquired("a", 7, sentAt: Seconds(1), now: Seconds(10)));
        Assert.Null(_state.HeldAt(Seconds(10)));
    }

    [Fact]
    public void A_renewal_counts_from_its_request()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        _state.Renewed("a", sentAt: Seconds(2), now: Seconds(8));
        Assert.NotNull(_state.HeldAt(Seconds(10.9)));
        Assert.Null(_state.HeldAt(Seconds(11)));
    }

    [Fact]
    public void Replies_to_renewals_in_the_wrong_order_do_not_shorten_it()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        _state.Renewed("a", sentAt: Seconds(4), now: Seconds(5));
        _state.Renewed("a", sentAt: Seconds(2), now: Seconds(6));
        Assert.NotNull(_state.HeldAt(Seconds(12.9)));
    }

    [Fact]
    public void A_renewal_whose_reply_comes_too_late_does_not_bring_it_back()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        _state.Renewed("a", sentAt: Seconds(8), now: Seconds(9.5));
        Assert.Null(_state.HeldAt(Seconds(9.5)));
        Assert.Equal("a", _state.TakeExpired(Seconds(9.5))?.Id);
        Assert.Null(_state.TakeExpired(Seconds(9.6)));
    }

    [Fact]
    public void A_reply_about_an_earlier_acquisition_does_not_touch_the_present_one()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        _state.GiveUp();
        _state.Acquired("b", 8, Seconds(1), Seconds(1));

        _state.Renewed("a", sentAt: Seconds(5), now: Seconds(6));
        _state.RenewalFailed("a", Seconds(6));
        Assert.False(_state.Denied("a"));

        Assert.Equal(8, _state.HeldAt(Seconds(9.9))?.Token);
        Assert.Null(_state.HeldAt(Seconds(10)));
    }

    [Fact]
    public void Ends_at_once_when_the_server_denies_it()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        Assert.True(_state.Denied("a"));
        Assert.False(_state.Denied("a"));
        Assert.Null(_state.HeldAt(Seconds(1)));
    }

    [Fact]
    public void Is_renewed_at_the_interval_one_request_at_a_time_and_retried_soon_after_a_failure()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        Assert.Equal(Seconds(2), _state.Wait(Seconds(0)));
        Assert.Null(_state.BeginRenewal(Seconds(1.9)));
        Assert.NotNull(_state.BeginRenewal(Seconds(2)));
        Assert.Null(_state.BeginRenewal(Seconds(3)));
        Assert.Equal(Seconds(6), _state.Wait(Seconds(3)));

        _state.RenewalFailed("a", Seconds(4));
        Assert.Equal(Times.RetryDelay, _state.Wait(Seconds(4)));
        Assert.NotNull(_state.BeginRenewal(Seconds(4) + Times.RetryDelay));
    }

    [Fact]
    public void Waits_for_its_end_when_no_renewal_is_due_before()
    {
        _state.Acquired("a", 7, Seconds(0), Seconds(0));
        _state.RenewalFailed("a", Seconds(8.9));
        Assert.Equal(Seconds(0.1).TotalMilliseconds, _state.Wait(Seconds(8.9))!.Value.TotalMilliseconds, 3);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
