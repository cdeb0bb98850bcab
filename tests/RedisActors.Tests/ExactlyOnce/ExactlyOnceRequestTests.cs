using RedisActors.CommandMetadata;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

public sealed class ExactlyOnceRequestTests
{
    private static readonly RedisValue[] OneKey = ["k"];
    private static readonly CommandProfile AnyWrite = new("MODULE.WRITE", ReplayClass.Accumulating, KeySpec.One);

    [Fact]
    public void A_command_without_a_key_is_refused_and_one_over_several_slots_only_in_a_Redis_Cluster()
    {
        var command = new RedisCommand("MODULE.WRITE");

        Assert.Contains("no key", Script.WhyNotWrappable(command, AnyWrite, [], inCluster: false));
        Assert.Contains("different hash slots", Script.WhyNotWrappable(command, AnyWrite, ["a", "b"], inCluster: true));
        Assert.Null(Script.WhyNotWrappable(command, AnyWrite, ["a", "b"], inCluster: false));
        Assert.Null(Script.WhyNotWrappable(command, AnyWrite, ["{x}a", "{x}b"], inCluster: true));
    }

    [Fact]
    public void What_the_table_says_of_a_command_is_the_reason() =>
        Assert.Contains(
            "script itself",
            Script.WhyNotWrappable(new RedisCommand("EVAL", "code", 1, "k"), CommandTable.Find("EVAL", [])!, OneKey, inCluster: false));

    [Fact]
    public void A_command_that_names_no_key_cannot_be_wrapped_by_mistake()
    {
        Assert.Throws<ArgumentException>(() => Script.Wrap(new RedisCommand("PING"), "t", TimeSpan.FromMinutes(1), []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Script.Wrap(new RedisCommand("INCR", "k"), "t", TimeSpan.Zero, OneKey));
    }

    [Fact]
    public void A_command_with_a_token_of_its_own_has_a_digest_of_eight_bytes_and_others_have_none()
    {
        Assert.Equal(8, DigestOf(new RedisCommand("INCR", "k") { IdempotencyKey = "t" }).Length);
        Assert.Empty(DigestOf(new RedisCommand("INCR", "k")));
    }

    [Fact]
    public void The_same_command_has_the_same_digest_however_it_is_written()
    {
        var digest = DigestOf(new RedisCommand("SET", "k", "5") { IdempotencyKey = "t" });

        Assert.Equal(digest, DigestOf(new RedisCommand("set", "k"u8.ToArray(), 5) { IdempotencyKey = "t" }));
        Assert.Equal(
            digest,
            DigestOf(new RedisCommand("SET", "k", "5")
            {
                IdempotencyKey = "t", State = 1, Timeout = TimeSpan.FromSeconds(1), Delivery = DeliveryMode.ExactlyOnce,
            }));
    }

    /// <summary>Versions of the library that use the same server must agree.</summary>
    [Fact]
    public void The_digest_does_not_change_from_one_version_to_the_next() =>
        Assert.Equal("D1CF4C85390D1426", Convert.ToHexString(DigestOf(new RedisCommand("SET", "k", "5") { IdempotencyKey = "t" })));

    [Fact]
    public void Another_command_has_another_digest()
    {
        RedisCommand[] commands =
        [
            new("SET", "k", "5"), new("SET", "k", "6"), new("SET", "k5"), new("SET", "k5", ""), new("SET", "", "k5"), new("SET", "5", "k"),
            new("SET", "k", "5", ""), new("SETNX", "k", "5"), new("APPEND", "k", "5"), new("INCR", "k"), new("SET", "k", "", "5"),
        ];

        Assert.Equal(commands.Length, commands.Select(command => Convert.ToHexString(DigestOf(command with { IdempotencyKey = "t" }))).Distinct().Count());
    }

    private static byte[] DigestOf(RedisCommand command) =>
        (byte[]?)Script.Wrap(command, "t", TimeSpan.FromMinutes(1), OneKey).Arguments[5] ?? [];
}
