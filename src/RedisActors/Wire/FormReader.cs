using System.Runtime.Serialization;
using System.Text;

namespace RedisActors.Wire;

/// <summary>Reads a form field by field, as protobuf does, without an object for each message in it.</summary>
/// <param name="bytes">The message that it is in.</param>
/// <param name="start">Where it begins.</param>
/// <param name="end">Where it ends.</param>
internal struct FormReader(byte[] bytes, int start, int end)
{
    /// <summary>The type of numbers.</summary>
    public const int Varint = 0;

    /// <summary>The type of bytes, text and messages.</summary>
    public const int Content = 2;

    private int _at = start;

    /// <summary>The field whose content is next: its number, and of what type it is. One of another type than it should be is as good as unknown.</summary>
    public (int Field, int Type) Tag { get; private set; }

    /// <summary>The whole of it, without what has been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => bytes.AsSpan(_at, end - _at);

    /// <summary>Goes to the next field; false: there is none.</summary>
    public bool Next()
    {
        if (_at == end) return false;
        var tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue) throw Damaged();
        Tag = ((int)(tag >> 3), (int)(tag & 7));
        return true;
    }

    /// <summary>How many there are of a field that holds bytes, text or a message.</summary>
    public readonly int Count(int field)
    {
        var (rest, count) = (this, 0);
        for (; rest.Next(); rest.Skip())
        {
            if (rest.Tag == (field, Content)) count++;
        }

        return count;
    }

    public long Number() => (long)ReadVarint();

    /// <summary>Of the type sint64.</summary>
    public long Signed()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public bool Flag() => ReadVarint() != 0;

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    /// <summary>They are part of the message, and keep it.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var (from, size) = TakeContent();
        return bytes.AsMemory(from, size);
    }

    /// <summary>A message that is in this one.</summary>
    public FormReader Message()
    {
        var (from, size) = TakeContent();
        return new FormReader(bytes, from, from + size);
    }

    /// <summary>Goes over the content of a field.</summary>
    public void Skip()
    {
        switch (Tag.Type)
        {
            case Varint:
                ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case Content:
                TakeContent();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Damaged();
        }
    }

    private (int From, int Size) TakeContent()
    {
        var size = ReadVarint();
        return size <= (ulong)(end - _at) ? (Take((int)size), (int)size) : throw Damaged();
    }

    private int Take(int size)
    {
        if (size > end - _at) throw Damaged();
        var from = _at;
        _at += size;
        return from;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_at == end) throw Damaged();
            var next = bytes[_at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw Damaged();
    }

    private static SerializationException Damaged() => new("it is damaged, or ends too soon");
}
