using System.Text;
using RedisActors.Connection;
using RedisActors.Subscriptions;

namespace RedisActors.Tests.Subscriptions;

/// <summary>Reads what a server sends in RESP3.</summary>
public sealed class PushReaderTests
{
    private const int Damages = 200_000;

    private const string Sample =
        ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n+PONG\r\n>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n"
        + ">4\r\n$8\r\npmessage\r\n$3\r\nn.*\r\n$3\r\nn.a\r\n$2\r\n\r\n\r\n-ERR no\r\n%1\r\n+proto\r\n:3\r\n_\r\n#t\r\n,1.5\r\n"
        + "*2\r\n$-1\r\n*1\r\n=7\r\ntxt:abc\r\n~1\r\n(12345678901234567890\r\n!5\r\nERR x\r\n|1\r\n+a\r\n+b\r\n:7\r\n"
        + ">3\r\n$8\r\nsmessage\r\n$1\r\ns\r\n$1\r\nx\r\n";

    private static readonly string[] Expected =
    [
        "Push [\"subscribe\", \"news\", (integer) 1]", "Reply PONG", "news - hello", "n.a n.* \r\n", "Reply (error) ERR no",
        "Reply [proto, (integer) 3]", "Reply (nil)", "Reply (integer) 1", "Reply \"1.5\"", "Reply [(nil), [\"abc\"]]",
        "Reply [\"12345678901234567890\"]", "Reply (error) ERR x", "Reply (integer) 7", "s - x",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void It_reads_the_same_however_the_bytes_are_cut(int piece)
    {
        Assert.Equal(Expected, Read(Encoding.UTF8.GetBytes(Sample), piece));
    }

    [Fact]
    public void A_large_payload_comes_whole()
    {
        var payload = new string('x', 3_000_000);
        var bytes = Encoding.UTF8.GetBytes($">3\r\n$7\r\nmessage\r\n$1\r\na\r\n${payload.Length}\r\n{payload}\r\n:1\r\n");

        Assert.Equal([$"a - {payload}", "Reply (integer) 1"], Read(bytes, 10_000));
    }

    [Fact]
    public void Any_damage_is_an_error_or_another_value_and_never_hangs()
    {
        var chance = new Random(2026);
        var original = Encoding.UTF8.GetBytes(Sample);
        var errors = 0;
        for (var i = 0; i < Damages; i++)
        {
            var bytes = Damaged(original, chance);
            try
            {
                _ = Read(bytes, bytes.Length + 1);
            }
            catch (NotRespException)
            {
                errors++;
            }
        }

        Assert.True(errors > Damages / 10, $"only {errors} of {Damages} were noticed");
    }

    private static byte[] Damaged(byte[] original, Random chance)
    {
        var bytes = original.AsSpan(0, chance.Next(1, original.Length)).ToArray();
        for (var times = chance.Next(1, 4); times > 0; times--)
        {
            var at = chance.Next(bytes.Length);
            bytes[at] = chance.Next(3) switch
            {
                0 => (byte)chance.Next(256),
                1 => (byte)"0123456789\r\n$*>%|~-"[chance.Next(19)],
                _ => (byte)(bytes[at] ^ (1 << chance.Next(8))),
            };
        }

        return bytes;
    }

    private static List<string> Read(byte[] bytes, int piece)
    {
        var reader = new PushReader();
        var batch = new PushedMessages { Link = null! };
        var read = new List<string>();
        for (var start = 0; start < bytes.Length; start += piece)
        {
            var next = bytes.AsMemory(start, Math.Min(piece, bytes.Length - start));
            while (next.Length > 0)
            {
                var room = reader.Room();
                var length = Math.Min(room.Length, next.Length);
                next[..length].CopyTo(room);
                reader.Advance(length);
                next = next[length..];
            }

            while (true)
            {
                var kind = reader.Read(batch, out var value);
                foreach (var (topic, message) in batch.Items) read.Add($"{message.Channel} {message.Pattern ?? "-"} {message.Payload}");
                batch.Clear();
                if (kind == PushKind.Incomplete) break;
                if (kind != PushKind.Messages) read.Add($"{kind} {value}");
            }
        }

        return read;
    }
}
