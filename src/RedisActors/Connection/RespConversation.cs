using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Connection;

/// <summary>
/// A conversation with a server over a socket of the library's own: to find and verify a server before its connection becomes a
/// link, and with sentinels. Commands are written as they come, replies are read in their order; one writer and one reader at a
/// time.
/// </summary>
internal sealed class RespConversation : IDisposable
{
    /// <summary>
    /// No answer to a question of the library's own is longer, <c>CLIENT LIST</c> with ten thousands of clients included; what says
    /// it is, is no Redis.
    /// </summary>
    private const int LongestReply = 32 * 1024 * 1024;

    private const int LongestLine = 64 * 1024;

    /// <summary>What each part of a reply counts at least: it takes memory here, however short it is there.</summary>
    private const int CostOfItem = 64;

    private const int DeepestReply = 8;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;
    private int _left;

    private RespConversation(Stream stream) => _stream = stream;

    /// <summary>When commands were last sent, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long SentAt { get; private set; }

    /// <summary>
    /// Connects, with TLS where there is some. Throws <see cref="RedisLinkException"/> where nobody takes the connection, and
    /// <see cref="TlsRefusedException"/> where the two cannot agree on TLS.
    /// </summary>
    public static async Task<RespConversation> OpenAsync(ServerAddress server, TlsTrust? tls, CancellationToken cancellation)
    {
        var socket = new Socket(server.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.Address, server.Endpoint.Port, cancellation).ConfigureAwait(false);
            LimitUnsent(socket);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null) stream = await tls.EncryptAsync(stream, server.Endpoint, cancellation).ConfigureAwait(false);
            return new RespConversation(stream);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            socket.Dispose();
            throw new RedisLinkException($"connect to {server} failed: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Keeps the bytes that the operating system has taken and not sent yet to a few: on a slow line the megabytes that it takes by
    /// default are on their way for seconds after the last write, and a link that waits for an answer all that time looks dead.
    /// TCP_NOTSENT_LOWAT: https://man7.org/linux/man-pages/man7/tcp.7.html, and netinet/tcp.h of macOS. Windows has none.
    /// </summary>
    private static void LimitUnsent(Socket socket)
    {
        const int Tcp = 6;
        const int LargestUnsent = 128 * 1024;
        var option = OperatingSystem.IsLinux() ? 25 : OperatingSystem.IsMacOS() ? 0x201 : 0;
        if (option == 0) return;
        try
        {
            socket.SetRawSocketOption(Tcp, option, BitConverter.GetBytes(LargestUnsent));
        }
        catch (SocketException)
        {
            // A sandboxed kernel may not know the option; the default is merely less exact.
        }
    }

    /// <summary>Sends commands, all in one write.</summary>
    public async Task SendAsync(IReadOnlyList<string[]> commands, CancellationToken cancellation)
    {
        SentAt = Stopwatch.GetTimestamp();
        var text = new StringBuilder();
        foreach (var words in commands)
        {
            text.Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
            foreach (var word in words)
            {
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            }
        }

        try
        {
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw Broken(error);
        }
    }

    /// <summary>Whether a server's host takes a connection at this moment. Throws nothing.</summary>
    public static async Task<bool> IsAcceptedAsync(ServerAddress server, CancellationToken cancellation)
    {
        try
        {
            using var conversation = await OpenAsync(server, tls: null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is RedisLinkException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// The next reply; an error is one. Throws <see cref="ConversationEndedException"/> at the end of the connection, and
    /// <see cref="NotRespException"/> where the other side speaks something else, or without end.
    /// </summary>
    public Task<RespValue> ReadAsync(CancellationToken cancellation)
    {
        _left = LongestReply;
        return ReadAsync(DeepestReply, cancellation);
    }

    /// <summary>
    /// Gives the connection away, which has been answered everything that it was asked; this has none any more.
    /// </summary>
    public Stream Release()
    {
        if (_start != _end) throw new NotRespException("more than it was asked for");
        return _stream;
    }

    public void Dispose() => _stream.Dispose();

    private async Task<RespValue> ReadAsync(int depth, CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation).ConfigureAwait(false);
        var rest = line.Length > 0 ? line[1..] : string.Empty;
        switch (line.Length > 0 ? line[0] : ' ')
        {
            case '+':
                return RespValue.SimpleString(rest);
            case '-':
                return RespValue.Error(rest);
            case ':' when long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return RespValue.Integer(number);
            case '$' or '*' when rest == "-1":
                return RespValue.Null;
            case '$' when TryReadLength(rest, out var length):
                return RespValue.BulkString(await ReadBulkAsync(length, cancellation).ConfigureAwait(false));
            case '*' when depth > 0 && TryReadLength(rest, out var count):
                var items = new List<RespValue>();
                for (var i = 0; i < count; i++) items.Add(await ReadAsync(depth - 1, cancellation).ConfigureAwait(false));
                return RespValue.Array(items.ToArray());
            default:
                throw new NotRespException(line);
        }
    }

    private bool TryReadLength(string text, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= _left;

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0)
        {
            // Whoever does not begin as RESP does may never end the line either.
            var start = _end - _start > 0 ? (char)_buffer[_start] : '+';
            if (!"+-:$*".Contains(start) || _end - _start > LongestLine) throw new NotRespException(Received());
            await FillAsync(cancellation).ConfigureAwait(false);
        }

        Take(length + CostOfItem);
        var line = Encoding.UTF8.GetString(_buffer, _start, length).TrimEnd('\r');
        _start += length + 1;
        return line;
    }

    private async Task<byte[]> ReadBulkAsync(int length, CancellationToken cancellation)
    {
        Take(length);
        while (_end - _start < length + 2) await FillAsync(cancellation).ConfigureAwait(false);
        var bytes = _buffer.AsSpan(_start, length).ToArray();
        _start += length + 2;
        return bytes;
    }

    /// <summary>A reply that has taken all that one may have is none.</summary>
    private void Take(int bytes)
    {
        _left -= bytes;
        if (_left < 0) throw new NotRespException(Received());
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
            if (read == 0) throw new ConversationEndedException("the server closed the connection");
            _end += read;
        }
        catch (IOException error)
        {
            throw Broken(error);
        }
    }

    private string Received() => Encoding.UTF8.GetString(_buffer, _start, Math.Min(_end - _start, LongestLine));

    /// <summary>
    /// A server may refuse the client's certificate only after the handshake; that is then the answer to the first read.
    /// </summary>
    private static RedisLinkException Broken(IOException error) => error.GetBaseException() is SocketException or IOException
        ? new ConversationEndedException($"the connection broke: {error.GetBaseException().Message}", error)
        : new TlsRefusedException(error.GetBaseException().Message, error);
}
