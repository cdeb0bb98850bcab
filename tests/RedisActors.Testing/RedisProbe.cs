using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace RedisActors.Testing;

/// <summary>
/// One plain connection to a Redis server that sends a command and reads its reply, and nothing else: no reconnecting, no
/// pipelining, no client library. So a test can check results independently of the code under test.
/// </summary>
public sealed class RedisProbe : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly RespReader _reader;

    private RedisProbe(Stream stream)
    {
        _stream = stream;
        _reader = new RespReader(stream);
    }

    /// <summary>How long a command may take until its reply has been read. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <param name="access">How to connect and log in; by default without TLS and <c>AUTH</c>.</param>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="TimeoutException">The connection or the TLS handshake was not accepted in time.</exception>
    /// <exception cref="AuthenticationException">The server's certificate is not trusted.</exception>
    /// <exception cref="InvalidOperationException">The server refused the login; the message quotes its reply.</exception>
    public static async Task<RedisProbe> ConnectAsync(string host, int port, TimeSpan? timeout = null, ProbeAccess? access = null)
    {
        access ??= ProbeAccess.Open;
        var limit = timeout ?? TimeSpan.FromSeconds(10);
        var probe = new RedisProbe(await OpenAsync(host, port, limit, access.Tls).ConfigureAwait(false)) { Timeout = limit };
        try
        {
            if (access.Password is { } word) (await probe.LogInAsync(access.User, word).ConfigureAwait(false)).OrThrow();
            return probe;
        }
        catch
        {
            await probe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether a server there accepts the login and answers <c>PING</c> with <c>PONG</c> in time.</summary>
    public static async Task<bool> AnswersAsync(string host, int port, TimeSpan timeout, ProbeAccess? access = null)
    {
        try
        {
            await using var probe = await ConnectAsync(host, port, timeout, access).ConfigureAwait(false);
            var reply = await probe.ExecuteAsync("PING").ConfigureAwait(false);
            return reply.Kind == ProbeReplyKind.Status && reply.Text == "PONG";
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException or AuthenticationException
            or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Sends one command and returns its reply, which may be an error.</summary>
    /// <exception cref="TimeoutException">No reply within <see cref="Timeout"/>; the connection must not be used any more.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<ProbeReply> ExecuteAsync(params string[] words)
    {
        await SendAsync(words).ConfigureAwait(false);
        return await ReadAsync().ConfigureAwait(false);
    }

    /// <summary>Sends one command without waiting for its reply; read that with <see cref="ReadAsync"/>.</summary>
    public async Task SendAsync(params string[] words)
    {
        var bytes = Encode(words);
        using var clock = new CancellationTokenSource(Timeout);
        try
        {
            await _stream.WriteAsync(bytes, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{words[0]} could not be sent within {Timeout.TotalSeconds} s.");
        }
    }

    /// <summary>Reads the next reply.</summary>
    /// <exception cref="TimeoutException">No reply within <see cref="Timeout"/>; the connection must not be used any more.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<ProbeReply> ReadAsync()
    {
        using var clock = new CancellationTokenSource(Timeout);
        try
        {
            return await _reader.ReadAsync(clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No answer within {Timeout.TotalSeconds} s.");
        }
    }

    /// <summary>A command in wire format.</summary>
    public static byte[] Encode(params string[] words)
    {
        using var wire = new MemoryStream();
        wire.Write(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (var word in words)
        {
            var bytes = Encoding.UTF8.GetBytes(word);
            wire.Write(Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"));
            wire.Write(bytes);
            wire.Write("\r\n"u8);
        }

        return wire.ToArray();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static async Task<Stream> OpenAsync(string host, int port, TimeSpan limit, SslClientAuthenticationOptions? tls)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var clock = new CancellationTokenSource(limit);
        try
        {
            await socket.ConnectAsync(host, port, clock.Token).ConfigureAwait(false);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (tls is null) return plain;

            var secure = new SslStream(plain);
            await secure.AuthenticateAsClientAsync(tls, clock.Token).ConfigureAwait(false);
            return secure;
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw new TimeoutException($"{host}:{port} did not accept a connection within {limit.TotalSeconds} s.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<ProbeReply> LogInAsync(string? user, string password) =>
        user is null ? ExecuteAsync("AUTH", password) : ExecuteAsync("AUTH", user, password);
}
