using System.Runtime.Serialization;
using Akka.Actor;
using RedisActors.Wire;

namespace RedisActors.Simulation.Messages;

/// <summary>
/// Messages whose bytes were damaged on the way, or made up by somebody who means harm. Reading them gives a message or a
/// <see cref="SerializationException"/>, and costs no more than their size allows.
/// </summary>
internal sealed class MutatedMessages
{
    /// <summary>A message of a few kilobytes at most, in memory: generously more than any of them can honestly take.</summary>
    private const long MaxAllocation = 16 << 20;

    private readonly RedisMessageSerializer _serializer;
    private readonly (string Manifest, byte[] Bytes)[] _originals;
    private readonly Chance _chance;

    public MutatedMessages(ExtendedActorSystem system, int seed)
    {
        _serializer = new RedisMessageSerializer(system);
        _chance = new Chance(seed);
        var messages = new RandomMessages(seed, [system.DeadLetters]);
        _originals = [.. Enumerable.Range(0, 40)
            .SelectMany(_ => messages.OneOfEach())
            .Select(message => (_serializer.Manifest(message), _serializer.ToBinary(message)))];
    }

    /// <summary>Reads so many; what is wrong with the first that is wrong, or null.</summary>
    public string? Search(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (manifest, bytes) = Mutated();
            if (Read(manifest, bytes) is { } wrong) return $"number {i}, '{manifest}' {Convert.ToHexString(bytes)}: {wrong}";
        }

        return null;
    }

    private string? Read(string manifest, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            // Whoever gets it may well log it.
            _serializer.FromBinary(bytes, manifest).ToString();
        }
        catch (SerializationException)
        {
        }
        catch (Exception e)
        {
            return e.ToString();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > MaxAllocation ? $"{allocated} bytes of memory" : null;
    }

    private (string Manifest, byte[] Bytes) Mutated()
    {
        var (manifest, bytes) = _chance.Pick(_originals);
        if (_chance.Of(0.1)) manifest = _chance.Of(0.2) ? "?" : _chance.Pick(_originals).Manifest;
        for (var times = _chance.Between(1, 4); times > 0; times--) bytes = MutatedOnce(bytes);
        return (manifest, bytes);
    }

    private byte[] MutatedOnce(byte[] bytes)
    {
        var at = _chance.Between(0, bytes.Length);
        var (start, rest) = (bytes[..at], bytes[at..]);
        return _chance.Between(0, 6) switch
        {
            0 => start,
            1 => rest,
            2 => [.. start, .. Random(8), .. rest],
            3 => [.. start, .. rest.AsSpan(Math.Min(rest.Length, _chance.Between(0, 8)))],
            4 => [.. start, .. Slice(_chance.Pick(_originals).Bytes), .. rest],
            // A length, or a number, of up to 2^64 - 1.
            5 => [.. start, .. Enumerable.Repeat((byte)0xff, _chance.Between(1, 9)), (byte)_chance.Between(0, 15), .. rest],
            _ => Flipped(bytes),
        };
    }

    private byte[] Flipped(byte[] bytes)
    {
        if (bytes.Length == 0) return bytes;
        var flipped = bytes.ToArray();
        flipped[_chance.Between(0, bytes.Length - 1)] ^= (byte)(1 << _chance.Between(0, 7));
        return flipped;
    }

    private byte[] Random(int most)
    {
        var bytes = new byte[_chance.Between(1, most)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)_chance.Between(0, 255);
        return bytes;
    }

    private byte[] Slice(byte[] bytes)
    {
        var from = _chance.Between(0, bytes.Length);
        return bytes[from.._chance.Between(from, bytes.Length)];
    }
}
