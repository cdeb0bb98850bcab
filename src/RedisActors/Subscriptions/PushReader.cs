using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using RedisActors.Connection;

namespace RedisActors.Subscriptions;

/// <summary>What a <see cref="PushReader"/> has found.</summary>
internal enum PushKind
{
    /// <summary>No whole frame: more bytes are needed.</summary>
    Incomplete,

    /// <summary>The batch is full of messages.</summary>
    Messages,

    /// <summary>A reply, an error included.</summary>
    Reply,

    /// <summary>A push that is no message: a confirmation.</summary>
    Push,
}

/// <summary>
/// Reads what a server sends in RESP3: messages of subscriptions, which go into a batch, and everything else, one after the other, as
/// values. One buffer; of a message nothing is allocated but itself and its payload.
/// https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
/// </summary>
/// <param name="epoch">The epoch of the messages.</param>
internal sealed class PushReader(long epoch = 0)
{
    private const int LeastRead = 16 * 1024;
    private const int LongestLine = 64 * 1024;
    private const int LargestFrame = 1024 * 1024 * 1024;
    private const int DeepestValue = 32;
    private const int FieldsOfMessage = 3;
    private const int FieldsOfPatternMessage = 4;

    private readonly NameCache _channels = new();
    private readonly NameCache _patterns = new();
    private readonly NameCache _shardChannels = new();
    private byte[] _buffer = new byte[4 * LeastRead];
    private int _start;
    private int _end;

    /// <summary>Where the search for the end of a frame goes on, relative to its start, and how many values it still has to pass.</summary>
    private int _scanned;
    private long _missing = 1;

    public long Epoch { get; set; } = epoch;

    /// <summary>Room for what is read next; <see cref="Advance"/> says how much it was.</summary>
    public Memory<byte> Room()
    {
        if (_start == _end) (_start, _end) = (0, 0);
        if (_buffer.Length - _end < LeastRead)
        {
            var length = _end - _start;
            var target = _buffer.Length - length < Math.Max(LeastRead, _buffer.Length / 2) ? new byte[_buffer.Length * 2] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, length);
            (_buffer, _start, _end) = (target, 0, length);
        }

        return _buffer.AsMemory(_end);
    }

    public void Advance(int bytes) => _end += bytes;

    /// <summary>
    /// Reads on: messages into the batch until it is full, or something else comes, or the bytes end. Throws
    /// <see cref="NotRespException"/> where they are no RESP.
    /// </summary>
    public PushKind Read(PushedMessages batch, out RespValue value)
    {
        value = default;
        while (true)
        {
            if (!TryFindEnd(out var length)) return PushKind.Incomplete;
            var frame = _buffer.AsSpan(_start, length);
            if (frame[0] == '>' && TryReadMessage(frame, out var topic, out var message))
            {
                Pass(length);
                batch.Add(topic, message);
                if (batch.IsFull) return PushKind.Messages;
                continue;
            }

            var isPush = frame[0] == '>';
            if (frame[0] == '|')
            {
                // An attribute says something about the reply behind it, which nobody asked for.
                Pass(length);
                continue;
            }

            var position = 0;
            value = ReadValue(frame, ref position, DeepestValue);
            Pass(length);
            return isPush ? PushKind.Push : PushKind.Reply;
        }
    }

    private void Pass(int length)
    {
        _start += length;
        _scanned = 0;
        _missing = 1;
    }

    /// <summary>Looks for the end of the frame, and goes on where it stopped the last time.</summary>
    private bool TryFindEnd(out int length)
    {
        length = 0;
        var bytes = _buffer.AsSpan(_start, _end - _start);
        while (_missing > 0)
        {
            var rest = bytes[_scanned..];
            if (rest.IsEmpty) return false;
            var line = rest.IndexOf((byte)'\n');
            if (line < 0)
            {
                if (rest.Length > LongestLine) throw Damaged(rest);
                if (!IsKnown(rest[0])) throw Damaged(rest);
                return false;
            }

            if (line < 2 || rest[line - 1] != '\r') throw Damaged(rest);
            var size = line + 1;
            long inside = 0;
            switch (rest[0])
            {
                case (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)'#' or (byte)',' or (byte)'(':
                    break;
                case (byte)'$' or (byte)'!' or (byte)'=':
                    var bulk = Length(rest[1..(line - 1)]);
                    if (bulk >= 0)
                    {
                        if (bulk > LargestFrame - _scanned - size - 2) throw Damaged(rest);
                        if (rest.Length < size + bulk + 2) return false;
                        if (rest[size + (int)bulk] != '\r' || rest[size + (int)bulk + 1] != '\n') throw Damaged(rest);
                        size += (int)bulk + 2;
                    }

                    break;
                case (byte)'*' or (byte)'~' or (byte)'>':
                    inside = Math.Max(0, Length(rest[1..(line - 1)]));
                    break;
                case (byte)'%' or (byte)'|':
                    inside = 2 * Math.Max(0, Length(rest[1..(line - 1)]));
                    break;
                default:
                    throw Damaged(rest);
            }

            _scanned += size;
            _missing += inside - 1;

            // Each value has three bytes at least.
            if (_missing > LargestFrame / 3 || _scanned > LargestFrame) throw Damaged(rest);
        }

        length = _scanned;
        return true;
    }

    private static bool IsKnown(byte kind) => "+-:$*_#,(!=%~>|".Contains((char)kind);

    private static long Length(ReadOnlySpan<byte> digits)
    {
        if (digits.SequenceEqual("-1"u8)) return -1;
        return Utf8Parser.TryParse(digits, out uint length, out var read) && read == digits.Length && length <= LargestFrame
            ? length
            : throw Damaged(digits);
    }

    private bool TryReadMessage(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out Topic? topic, [NotNullWhen(true)] out RedisMessage? message)
    {
        (topic, message) = (null, null);
        var position = 0;
        var fields = CountOf(frame, ref position);
        if (fields is not (FieldsOfMessage or FieldsOfPatternMessage) || !TryBulk(frame, ref position, out var word)) return false;
        if (fields == FieldsOfMessage)
        {
            var isMessage = word.SequenceEqual("message"u8);
            if (!isMessage && !word.SequenceEqual("smessage"u8)) return false;
            if (!TryBulk(frame, ref position, out var channel) || !TryBulk(frame, ref position, out var payload)) return false;
            var name = isMessage
                ? _channels.Find(channel, RedisSubscriptionKind.Channel)
                : _shardChannels.Find(channel, RedisSubscriptionKind.ShardChannel);
            (topic, message) = (name, new RedisMessage(name.Name, null, payload.ToArray(), Epoch));
        }
        else
        {
            if (!word.SequenceEqual("pmessage"u8)) return false;
            if (!TryBulk(frame, ref position, out var pattern) || !TryBulk(frame, ref position, out var channel)
                || !TryBulk(frame, ref position, out var payload)) return false;
            topic = _patterns.Find(pattern, RedisSubscriptionKind.Pattern);
            message = new RedisMessage(
                _channels.Find(channel, RedisSubscriptionKind.Channel).Name, topic.Name, payload.ToArray(), Epoch);
        }

        return true;
    }

    private static long CountOf(ReadOnlySpan<byte> frame, ref int position)
    {
        var line = frame[position..].IndexOf((byte)'\n');
        var count = Length(frame[(position + 1)..(position + line - 1)]);
        position += line + 1;
        return count;
    }

    private static bool TryBulk(ReadOnlySpan<byte> frame, ref int position, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (position >= frame.Length || frame[position] != '$') return false;
        var length = CountOf(frame, ref position);
        if (length < 0) return false;
        bytes = frame.Slice(position, (int)length);
        position += (int)length + 2;
        return true;
    }

    private static RespValue ReadValue(ReadOnlySpan<byte> frame, ref int position, int depth)
    {
        if (depth == 0) throw Damaged(frame);
        var kind = frame[position];
        var end = position + frame[position..].IndexOf((byte)'\n');
        var text = frame[(position + 1)..(end - 1)];
        switch (kind)
        {
            case (byte)'$' or (byte)'!' or (byte)'=':
                if (text.SequenceEqual("-1"u8))
                {
                    position = end + 1;
                    return RespValue.Null;
                }

                var length = (int)CountOf(frame, ref position);
                var bytes = frame.Slice(position, length);
                position += length + 2;

                // A verbatim string says first what kind of text it is: txt:
                return kind == '!' ? RespValue.Error(Encoding.UTF8.GetString(bytes))
                    : RespValue.BulkString((kind == '=' && length >= 4 ? bytes[4..] : bytes).ToArray());
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                var count = CountOf(frame, ref position);
                if (count < 0) return RespValue.Null;
                var items = new RespValue[kind is (byte)'%' or (byte)'|' ? 2 * count : count];
                for (var i = 0; i < items.Length; i++) items[i] = ReadValue(frame, ref position, depth - 1);
                return RespValue.ArrayOf(items);
        }

        position = end + 1;
        return kind switch
        {
            (byte)'+' => RespValue.SimpleString(Encoding.UTF8.GetString(text)),
            (byte)'-' => RespValue.Error(Encoding.UTF8.GetString(text)),
            (byte)':' when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => RespValue.Integer(number),
            (byte)'_' => RespValue.Null,
            (byte)'#' => RespValue.Integer(text.SequenceEqual("t"u8) ? 1 : 0),
            (byte)',' or (byte)'(' => RespValue.BulkString(text.ToArray()),
            _ => throw Damaged(text),
        };
    }

    private static NotRespException Damaged(ReadOnlySpan<byte> bytes) =>
        new($"what the server sends is no RESP: {RespValue.BulkString(bytes[..Math.Min(bytes.Length, 60)].ToArray())}");

    /// <summary>
    /// The names of channels that have come, so that not each message brings its own. With a pattern there may be any number of them; so
    /// when it has too many, it begins anew.
    /// </summary>
    private sealed class NameCache
    {
        private const int Most = 4096;

        private readonly Dictionary<byte[], Topic> _known;
        private readonly Dictionary<byte[], Topic>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
        private byte[] _lastName = [];
        private Topic? _last;

        public NameCache()
        {
            _known = new Dictionary<byte[], Topic>(ByBytes.Instance);
            _lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        }

        public Topic Find(ReadOnlySpan<byte> name, RedisSubscriptionKind kind)
        {
            if (_last is not null && name.SequenceEqual(_lastName)) return _last;
            if (!_lookup.TryGetValue(name, out var actual, out var topic))
            {
                if (_known.Count >= Most) _known.Clear();
                actual = name.ToArray();
                _known.Add(actual, topic = new Topic(kind, Encoding.UTF8.GetString(name)));
            }

            (_lastName, _last) = (actual, topic);
            return topic;
        }
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByBytes Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
