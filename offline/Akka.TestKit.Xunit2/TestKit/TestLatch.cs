#nullable disable // as Akka.TestKit
namespace Akka.TestKit;

/// <summary>Opens once it was counted down, and lets those wait who need that.</summary>
public class TestLatch
{
    private readonly CountdownEvent _countdown;
    private readonly TimeSpan _defaultTimeout;
    private readonly Func<TimeSpan, TimeSpan> _dilate;

    public TestLatch()
        : this(1)
    {
    }

    public TestLatch(int count)
        : this(count, TimeSpan.FromSeconds(5))
    {
    }

    public TestLatch(int count, TimeSpan defaultTimeout)
        : this(duration => duration, defaultTimeout, count)
    {
    }

    protected internal TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _dilate = dilate;
        _defaultTimeout = defaultTimeout;
        _countdown = new CountdownEvent(count);
    }

    public bool IsOpen => _countdown.IsSet;

    public void CountDown()
    {
        if (!IsOpen)
            _countdown.Signal();
    }

    public void Open()
    {
        while (!IsOpen)
            CountDown();
    }

    public void Reset() => _countdown.Reset();

    public void Ready() => Ready(_defaultTimeout);

    /// <exception cref="TimeoutException">It did not open in time.</exception>
    public void Ready(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            throw new ArgumentException("Waiting for ever is no test.", nameof(timeout));

        if (!_countdown.Wait(_dilate(timeout)))
            throw new TimeoutException($"Timeout of {timeout} while waiting for the latch, which lacks {_countdown.CurrentCount}");
    }
}
