using System.Numerics;
using System.Text;
using Google.Protobuf;
using StackExchange.Redis;

namespace RedisActors.Wire;

/// <summary>
/// Writes a form field by field, as protobuf does, without an object for each message in it. Fields are numbered up to 15; one that has the
/// default value is left out.
/// </summary>
internal sealed class FormWriter
{
    private const int Kept = 256 * 1024;

    [ThreadStatic]
    private static FormWriter? _spare;

    private byte[] _bytes = new byte[16 * 1024];
    private int _length;

    /// <summary>Where the next field begins.</summary>
    public int Position => _length;

    /// <summary>What the action writes.</summary>
    public static byte[] Write<T>(T value, Action<FormWriter, T> write)
    {
        // A state may be written by a serializer that comes back here.
        var writer = _spare ?? new FormWriter();
        _spare = null;
        writer._length = 0;
        write(writer, value);
        var written = GC.AllocateUninitializedArray<byte>(writer._length);
        writer._bytes.AsSpan(0, writer._length).CopyTo(written);
        if (writer._bytes.Length <= Kept) _spare = writer;
        return written;
    }

    /// <summary>Takes back what was written from this position on.</summary>
    public void Rewind(int position) => _length = position;

    public void Number(int field, long value)
    {
        if (value != 0) Varint(field, (ulong)value);
    }

    /// <summary>Of the type sint64.</summary>
    public void Signed(int field, long value) => Number(field, (value << 1) ^ (value >> 63));

    public void Flag(int field, bool value) => Number(field, value ? 1 : 0);

    /// <summary>Also if it is zero.</summary>
    public void Optional(int field, int? value)
    {
        if (value is { } number) Varint(field, (ulong)number);
    }

    /// <summary>Also if it is empty.</summary>
    public void Optional(int field, string? text)
    {
        if (text is null) return;
        var size = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Content(field, size));
    }

    public void Text(int field, string text)
    {
        if (text.Length > 0) Optional(field, text);
    }

    /// <summary>Also if it is empty.</summary>
    public void Bytes(int field, in RedisValue value)
    {
        var size = value.GetByteCount();
        value.CopyTo(Content(field, size));
    }

    public void Message(int field, IMessage message) => message.WriteTo(Content(field, message.CalculateSize()));

    /// <summary>A message begins whose fields come next. Returns what <see cref="End"/> is to be told.</summary>
    /// <param name="field">Its number.</param>
    /// <param name="about">About how large it is; the closer, the less has to be moved.</param>
    public (int Start, int Prefix) Begin(int field, long about = 0)
    {
        var prefix = SizeOf((ulong)about);
        var tag = Grow(1 + prefix);
        _bytes[tag] = Tag(field, 2);
        return (_length, prefix);
    }

    /// <summary>The message is complete.</summary>
    public void End((int Start, int Prefix) message)
    {
        var size = _length - message.Start;
        var prefix = SizeOf((ulong)size);
        if (prefix != message.Prefix)
        {
            if (prefix > message.Prefix) Grow(prefix - message.Prefix);
            else _length -= message.Prefix - prefix;
            Buffer.BlockCopy(_bytes, message.Start, _bytes, message.Start - message.Prefix + prefix, size);
        }

        Put(message.Start - message.Prefix, (ulong)size);
    }

    private static byte Tag(int field, int type) => (byte)((field << 3) | type);

    private static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void Varint(int field, ulong value)
    {
        var at = Grow(1 + SizeOf(value));
        _bytes[at] = Tag(field, 0);
        Put(at + 1, value);
    }

    private void Put(int at, ulong value)
    {
        for (; value > 0x7f; value >>= 7) _bytes[at++] = (byte)(value | 0x80);
        _bytes[at] = (byte)value;
    }

    private Span<byte> Content(int field, int size)
    {
        var prefix = SizeOf((ulong)size);
        var at = Grow(1 + prefix + size);
        _bytes[at] = Tag(field, 2);
        Put(at + 1, (ulong)size);
        return _bytes.AsSpan(at + 1 + prefix, size);
    }

    private int Grow(int size)
    {
        var at = _length;
        _length += size;
        if (_length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_length, 2 * _bytes.Length));
        return at;
    }
}
