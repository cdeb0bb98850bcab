using System.Buffers.Text;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>What the other side sends is no request, and what follows it cannot be told apart. The message is for the other side.</summary>
internal sealed class RespProtocolException(string message) : Exception(message);

/// <summary>
/// Takes what a client writes, in pieces of any size, and puts it together into requests: arrays of bulk strings, or a line of words as one
/// types it.
/// </summary>
/// <remarks>
/// The format and its bounds are those of Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/. Memory is taken for what has
/// come, not for what is announced.
/// </remarks>
/// <param name="onRequest">Told each request: its first word as bytes, which are valid during the call, and the others.</param>
internal sealed class RequestReader(RequestReader.RequestTaker onRequest)
{
    /// <summary>The words that a request may have.</summary>
    public const int MostWords = 1024 * 1024;

    /// <summary>The bytes that a word may have (Redis' <c>proto-max-bulk-len</c>).</summary>
    public const int LongestWord = 512 * 1024 * 1024;

    /// <summary>The bytes that a line may have.</summary>
    public const int LongestLine = 64 * 1024;

    /// <summary>The bytes that a request may have in all (Redis' <c>client-query-buffer-limit</c>).</summary>
    public const long LargestRequest = 1024L * 1024 * 1024;

    private const int FirstPiece = 64 * 1024;
    private const int FirstWords = 1024;
    private const int StrangersWords = 10;
    private const int StrangersBytes = 16 * 1024;

    private readonly byte[] _line = new byte[64];
    private byte[]? _longLine;
    private bool _isStopped;
    private int _lineLength;

    private readonly RecentWords _recent = new();

    private int _wordsLeft;
    private bool _hasName;
    private byte[] _name = new byte[32];
    private int _nameLength;
    private RedisValue[] _words = [];
    private int _count;
    private long _size;

    private int _bodyLength = -1;
    private byte[] _body = [];
    private int _filled;

    public delegate void RequestTaker(ReadOnlySpan<byte> name, RedisValue[] arguments);

    /// <summary>Whether the client has logged in, or need not. Until then it has little to say, so little is taken.</summary>
    public bool IsTrusted { get; set; } = true;

    /// <summary>Takes what has been written, up to where it was told to <see cref="Stop"/>.</summary>
    /// <returns>How many bytes it took.</returns>
    /// <exception cref="RespProtocolException">It is no request. Nothing more can be taken.</exception>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        _isStopped = false;
        while (!bytes.IsEmpty && !_isStopped)
        {
            if (_bodyLength >= 0) TakeBody(ref bytes);
            else if (TryTakeLine(ref bytes, out var line)) OnLine(line);
        }

        return length - bytes.Length;
    }

    /// <summary>Takes no more for now; said while it tells a request.</summary>
    public void Stop() => _isStopped = true;

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (_wordsLeft > 0)
        {
            if (line.IsEmpty || line[0] != '$') throw new RespProtocolException($"expected '$', got '{Shown(line)}'");
            if (!TryNumber(line[1..], out var length) || length is < 0 or > LongestWord) throw new RespProtocolException("invalid bulk length");
            Grow(length);
            _bodyLength = (int)length;
            _filled = 0;
        }
        else if (line is [(byte)'*', ..])
        {
            if (!TryNumber(line[1..], out var words) || words > (IsTrusted ? MostWords : StrangersWords)) throw new RespProtocolException("invalid multibulk length");
            if (words > 0) Begin((int)words);
        }
        else
        {
            OnTyped(line);
        }
    }

    private void Begin(int words)
    {
        _wordsLeft = words;
        _hasName = false;
        _count = 0;
        _size = 0;
        _words = words == 1 ? [] : new RedisValue[Math.Min(words - 1, FirstWords)];
    }

    /// <summary>A word, as a whole where it has come as a whole.</summary>
    private void TakeBody(ref ReadOnlySpan<byte> bytes)
    {
        if (_filled == 0 && bytes.Length >= _bodyLength + 2)
        {
            var whole = bytes[.._bodyLength];
            CheckEnd(bytes.Slice(_bodyLength, 2));
            bytes = bytes[(_bodyLength + 2)..];
            _bodyLength = -1;
            if (!_hasName) TakeName(whole);
            else TakeWord(_count == 0 ? _recent.CopyOf(whole) : whole.ToArray());
            return;
        }

        var wanted = _bodyLength + 2;
        if (_filled == 0) _body = new byte[Math.Min(wanted, Math.Max(FirstPiece, bytes.Length))];
        var piece = bytes[..Math.Min(wanted - _filled, bytes.Length)];
        if (_filled + piece.Length > _body.Length)
        {
            Array.Resize(ref _body, (int)Math.Min(wanted, Math.Max(_body.Length * 2L, _filled + piece.Length)));
        }

        piece.CopyTo(_body.AsSpan(_filled));
        _filled += piece.Length;
        bytes = bytes[piece.Length..];
        if (_filled < wanted) return;

        CheckEnd(_body.AsSpan(_bodyLength, 2));
        var body = _body.AsSpan(0, _bodyLength);
        _bodyLength = -1;
        if (!_hasName) TakeName(body);
        else TakeWord(body.ToArray());
        _body = [];
    }

    private static void CheckEnd(ReadOnlySpan<byte> end)
    {
        if (!end.SequenceEqual("\r\n"u8)) throw new RespProtocolException("a bulk string does not end with CR LF");
    }

    private void TakeName(ReadOnlySpan<byte> name)
    {
        if (_name.Length < name.Length) _name = new byte[name.Length];
        name.CopyTo(_name);
        _nameLength = name.Length;
        _hasName = true;
        EndWord();
    }

    private void TakeWord(byte[] word)
    {
        if (_count == _words.Length) Array.Resize(ref _words, Math.Min(_count * 2, _count + _wordsLeft));
        _words[_count++] = word;
        EndWord();
    }

    private void EndWord()
    {
        if (--_wordsLeft > 0) return;
        var words = _words;
        _words = [];
        onRequest(_name.AsSpan(0, _nameLength), words);
    }

    /// <summary>Words between spaces, as a person types them; in quotes they may hold anything.</summary>
    private void OnTyped(ReadOnlySpan<byte> line)
    {
        var words = TypedLine.Split(line);
        if (words.Count == 0) return;
        onRequest(words[0], [.. words.Skip(1).Select(word => (RedisValue)word)]);
    }

    /// <summary>A line without its end, put together where it comes in pieces.</summary>
    private bool TryTakeLine(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var end = bytes.IndexOf((byte)'\n');
        var piece = end < 0 ? bytes : bytes[..end];
        if (_lineLength + piece.Length > LongestLine)
        {
            throw new RespProtocolException(_wordsLeft > 0 ? "too big bulk count string" : "too big inline request");
        }

        bytes = bytes[(end < 0 ? bytes.Length : end + 1)..];
        if (end >= 0 && _lineLength == 0)
        {
            line = piece;
        }
        else
        {
            Append(piece);
            line = (_longLine ?? _line).AsSpan(0, _lineLength);
            if (end < 0) return false;
            _lineLength = 0;
            _longLine = null;
        }

        if (line is [.., (byte)'\r']) line = line[..^1];
        return true;
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        var buffer = _longLine ?? _line;
        if (_lineLength + piece.Length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(LongestLine, Math.Max(buffer.Length * 2, _lineLength + piece.Length)));
            _longLine = buffer;
        }

        piece.CopyTo(buffer.AsSpan(_lineLength));
        _lineLength += piece.Length;
    }

    /// <summary>Counts what a request takes.</summary>
    private void Grow(long bytes)
    {
        _size += bytes;
        if (_size > (IsTrusted ? LargestRequest : StrangersBytes)) throw new RespProtocolException("the request is too large");
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long number) =>
        Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length && digits[0] != '+';

    private static string Shown(ReadOnlySpan<byte> line) => line.IsEmpty ? string.Empty : line[0] is >= 0x20 and < 0x7f ? $"{(char)line[0]}" : $"\\x{line[0]:x2}";
}
