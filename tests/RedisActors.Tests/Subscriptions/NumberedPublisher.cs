using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using RedisActors.Testing;

namespace RedisActors.Tests.Subscriptions;

/// <summary>
/// Publishes numbers, directly at the server, one after the other, until it is stopped; each goes to a stream too. A number that may or may
/// not have been published, since the server went away, is skipped.
/// </summary>
internal sealed class NumberedPublisher : IAsyncDisposable
{
    /// <summary>How the server publishes a number and says when.</summary>
    public const string InOneStep = """
        redis.call('XADD', KEYS[1], 'MAXLEN', '~', '1000000', '*', 'payload', ARGV[1])
        redis.call(ARGV[3], ARGV[2], ARGV[1])
        local now = redis.call('TIME')
        return now[1] .. string.format('%06d', now[2])
        """;

    private readonly ConcurrentDictionary<long, DateTimeOffset> _published = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Task<RedisProbe>> _connect;
    private readonly string _channel;
    private readonly string _stream;
    private readonly string _verb;
    private readonly Task _publishing;

    public NumberedPublisher(Func<Task<RedisProbe>> connect, string channel, string stream, string verb = "PUBLISH")
    {
        _connect = connect;
        _channel = channel;
        _stream = stream;
        _verb = verb;
        _publishing = Task.Run(PublishAsync);
    }

    /// <summary>The numbers that were published, and when by the server's clock.</summary>
    public IReadOnlyDictionary<long, DateTimeOffset> Published => _published;

    /// <summary>Publishes no more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task PublishAsync()
    {
        var number = 0L;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var probe = await _connect();
                while (!_stop.IsCancellationRequested)
                {
                    number++;
                    var at = (await probe.ExecuteAsync(
                        "EVAL", InOneStep, "1", _stream, number.ToString(CultureInfo.InvariantCulture), _channel, _verb)).OrThrow().Text;
                    _published[number] = DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(at, CultureInfo.InvariantCulture));
                    if (number % 20 == 0) await Task.Delay(1);
                }
            }
            catch (Exception error) when (error is SocketException or IOException or InvalidOperationException or TimeoutException)
            {
                await Task.Delay(20);
            }
        }
    }
}
