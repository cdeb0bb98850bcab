using System.Buffers;
using System.Diagnostics;
using System.Text;
using Akka.Actor;
using RedisActors.Multiplexer;
using StackExchange.Redis;

namespace RedisActors.Attack.Door;

/// <summary>
/// Gives a front door valid and damaged requests, in pieces of all sizes, with a stand-in for the RedisActor behind it. Whatever comes in,
/// each request gets one reply in its place, what is no request gets an error, and the connection ends.
/// </summary>
internal sealed class DoorFuzz : IDisposable
{
    /// <summary>Longer than any input takes; what takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What one input may make the door allocate, beside a multiple of its own length.</summary>
    private const long MostBytes = 4 * 1024 * 1024;

    private readonly ActorSystem _system = ActorSystem.Create("fuzz", "akka { loglevel = OFF, stdout-loglevel = OFF }");

    /// <summary>Runs inputs from a number on; throws at the first that does what it should not, with what repeats it.</summary>
    public async Task RunAsync(int seed, long from, long count)
    {
        for (var number = from; number < from + count; number++)
        {
            var random = new Random((int)((seed * 1_000_003L) ^ (number * 7_919L)));
            var input = DoorInputs.Next(random);
            try
            {
                CheckSplits(random, input);
                await CheckDoorAsync(random, input);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw new InvalidOperationException(
                    $"Input {number} of seed {seed} (eng/attack door --seed {seed} --from {number} --inputs 1): {error.Message}\n{Shown(input)}", error);
            }
        }
    }

    public void Dispose()
    {
        _system.Terminate().Wait();
        _system.Dispose();
    }

    /// <summary>What has been read does not depend on how it came.</summary>
    private static void CheckSplits(Random random, byte[] input)
    {
        var whole = Requests(input, [input.Length]);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var split = Requests(input, Pieces(random, input.Length));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (split != whole) throw new InvalidOperationException($"read as a whole it is\n{whole}\nand in pieces\n{split}");
        if (allocated > MostBytes + (input.Length * 32L)) throw new InvalidOperationException($"it took {allocated} bytes to read {input.Length}");
    }

    private static string Requests(byte[] input, IEnumerable<int> pieces)
    {
        var requests = new StringBuilder();
        var reader = new RequestReader((name, arguments) =>
        {
            requests.Append(Convert.ToHexString(name));
            foreach (var argument in arguments) requests.Append(' ').Append(Convert.ToHexString((byte[])argument!));
            requests.Append('\n');
        });
        try
        {
            var at = 0;
            foreach (var piece in pieces)
            {
                reader.Read(input.AsSpan(at, piece));
                at += piece;
            }
        }
        catch (RespProtocolException error)
        {
            requests.Append("! ").Append(error.Message);
        }

        return requests.ToString();
    }

    /// <summary>How many requests there are until the client or an error ends the connection, and whether something ends it.</summary>
    private static (int Replies, bool Subscribes) Expected(byte[] input)
    {
        var (replies, ended, subscribes) = (0, false, false);
        var reader = new RequestReader((name, _) =>
        {
            if (ended) return;
            replies++;
            var command = DoorCommand.Find(name);
            ended = command.Action == DoorAction.Quit;
            subscribes |= command.Action is DoorAction.Subscribe or DoorAction.PSubscribe or DoorAction.SSubscribe
                or DoorAction.Unsubscribe or DoorAction.PUnsubscribe or DoorAction.SUnsubscribe;
        });
        try
        {
            reader.Read(input);
        }
        catch (RespProtocolException)
        {
            if (!ended) replies++;
        }

        return (replies, subscribes);
    }

    private async Task CheckDoorAsync(Random random, byte[] input)
    {
        var redis = new StandIn(((ExtendedActorSystem)_system).Provider, random);
        var settings = new DoorSettings(redis, (ExtendedActorSystem)_system, TimeSpan.FromSeconds(5))
        {
            MaxOutstanding = random.Next(2) == 0 ? int.MaxValue : 4,
            MaxUnread = random.Next(2) == 0 ? long.MaxValue : 64,
        };
        var door = new FrontDoor(settings);
        var output = new ArrayBufferWriter<byte>();
        var reading = ReadToEndAsync(door, output, random.Next(1, 5000));
        var at = 0;
        foreach (var piece in Pieces(random, input.Length))
        {
            for (var end = at + piece; at < end;)
            {
                at += door.Receive(input.AsSpan(at, end - at));
                if (random.Next(4) == 0) redis.AnswerSome();
                if (door.WhenThereIsRoom() is { } room) await WhileAnsweringAsync(redis, room, "there is no room again");
            }
        }

        door.Leave();
        await WhileAnsweringAsync(redis, reading, "the connection does not end");
        var (expected, subscribes) = Expected(input);
        var replies = RespCheck.Count(output.WrittenSpan);
        if (!subscribes && replies != expected) throw new InvalidOperationException($"{expected} replies were due, and {replies} came: {Shown(output.WrittenSpan.ToArray())}");
        if (door.Unread != 0) throw new InvalidOperationException($"all is read, and {door.Unread} bytes count as unread");
    }

    /// <summary>A transaction that waits for its watched keys asks again when it is answered.</summary>
    private static async Task WhileAnsweringAsync(StandIn redis, Task task, string otherwise)
    {
        redis.AnswerAll();
        for (var began = Stopwatch.GetTimestamp(); !task.IsCompleted;)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException(otherwise);
            await Task.WhenAny(task, Task.Delay(1));
            redis.AnswerAll();
        }

        await task;
    }

    private static async Task ReadToEndAsync(FrontDoor door, ArrayBufferWriter<byte> output, int size)
    {
        var buffer = new byte[size];
        while (await door.ReadAsync(buffer) is var read and > 0) output.Write(buffer.AsSpan(0, read));
    }

    /// <summary>At every byte, at some, or at none.</summary>
    private static List<int> Pieces(Random random, int length)
    {
        var most = random.Next(4) switch { 0 => 1, 1 => 7, 2 => 1000, _ => length };
        var pieces = new List<int>();
        for (var left = length; left > 0;)
        {
            var piece = Math.Min(left, random.Next(1, Math.Max(2, most + 1)));
            pieces.Add(piece);
            left -= piece;
        }

        return pieces;
    }

    private static string Shown(byte[] bytes)
    {
        const int Most = 2000;
        var text = new StringBuilder();
        foreach (var value in bytes.Take(Most))
        {
            if (value is >= 0x20 and < 0x7f and not (byte)'\\') text.Append((char)value);
            else text.Append(value switch { (byte)'\r' => "\\r", (byte)'\n' => "\\n", _ => $"\\x{value:x2}" });
        }

        return bytes.Length > Most ? $"{text} ... ({bytes.Length} bytes)" : text.ToString();
    }
}
