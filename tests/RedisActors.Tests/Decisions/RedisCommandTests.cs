using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

public sealed class RedisCommandTests
{
    [Fact]
    public void It_carries_its_name_and_arguments_as_they_were_given()
    {
        var command = new RedisCommand("HSET", "key", "field", 5, 2.5, new byte[] { 0, 255 });

        Assert.Equal("HSET", command.Name);
        Assert.Equal(["key", "field", 5, 2.5, new byte[] { 0, 255 }], command.Arguments.ToArray());
        Assert.Null(command.Database);
        Assert.Null(command.Timeout);
        Assert.Null(command.State);
    }

    [Fact]
    public void A_command_without_arguments_has_none() => Assert.Empty(new RedisCommand("PING").Arguments);

    [Fact]
    public void What_the_caller_does_to_its_array_afterwards_does_not_reach_the_command()
    {
        RedisValue[] arguments = ["key", "value"];
        var command = new RedisCommand("SET", arguments);

        arguments[1] = "other";

        Assert.Equal("value", command.Arguments[1]);
    }

    [Theory]
    [InlineData("G\u00c9T")]
    [InlineData("GET\0")]
    [InlineData("GET\u00a0")]
    [InlineData("GET\u007f")]
    [InlineData("\u6f22")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("CLIENT LIST")]
    [InlineData("GET\tkey")]
    [InlineData("GET\nkey")]
    [InlineData("GET\rkey")]
    [InlineData(" GET")]
    public void A_name_that_is_not_one_word_is_refused(string name) =>
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => new RedisCommand(name)).ParamName);

    [Fact]
    public void A_null_argument_is_refused_by_its_position()
    {
        string? missing = null;

        var error = Assert.Throws<ArgumentException>(() => new RedisCommand("SET", "key", missing, "EX"));

        Assert.Equal("arguments", error.ParamName);
        Assert.Contains("Argument 2 of SET is null", error.Message);
        Assert.Throws<ArgumentException>(() => new RedisCommand("GET", default(RedisValue)));
        Assert.Throws<ArgumentException>(() => new RedisCommand("GET", (byte[]?)null));
        Assert.Equal([RedisValue.EmptyString], new RedisCommand("GET", "").Arguments.ToArray());
    }

    [Fact]
    public void Commands_that_say_the_same_are_equal()
    {
        var command = new RedisCommand("SET", "key", "5", 1.5)
        {
            Database = 1, Timeout = TimeSpan.FromSeconds(1), State = "mine", Delivery = DeliveryMode.ExactlyOnce,
            ReplayClass = ReplayClass.LastWins, IdempotencyKey = "token",
        };
        var same = new RedisCommand("set", "key"u8.ToArray(), 5, "1.5")
        {
            Database = 1, Timeout = TimeSpan.FromSeconds(1), State = new string(['m', 'i', 'n', 'e']), Delivery = DeliveryMode.ExactlyOnce,
            ReplayClass = ReplayClass.LastWins, IdempotencyKey = "token",
        };

        Assert.Equal(command, same);
        Assert.True(command == same);
        Assert.Equal(command.GetHashCode(), same.GetHashCode());
        Assert.Equal(new RedisCommand("PING"), new RedisCommand("ping"));
        Assert.Contains(same, new HashSet<RedisCommand> { command });
    }

    [Fact]
    public void Commands_that_differ_in_anything_are_not()
    {
        var command = new RedisCommand("SET", "key", "5");

        RedisCommand[] others =
        [
            new("GETSET", "key", "5"), new("SET", "key", "05"), new("SET", "key", "5.0"), new("SET", "KEY", "5"), new("SET", "key"),
            new("SET", "key5"), new("SET", "key", "5", ""), command with { Database = 0 }, command with { Timeout = TimeSpan.FromSeconds(1) },
            command with { State = "mine" }, command with { Delivery = DeliveryMode.WhenSafe },
            command with { ReplayClass = ReplayClass.LastWins }, command with { IdempotencyKey = "token" },
        ];

        Assert.All(others, other => Assert.NotEqual(command, other));
        Assert.Equal(others.Length, others.Distinct().Count());
        Assert.False(command.Equals(null));
    }

    [Fact]
    public void A_negative_database_is_refused()
    {
        Assert.Equal(0, new RedisCommand("GET", "key") { Database = 0 }.Database);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisCommand("GET", "key") { Database = -1 });
    }

    [Fact]
    public void A_timeout_is_positive_or_infinite()
    {
        Assert.Equal(TimeSpan.FromTicks(1), new RedisCommand("PING") { Timeout = TimeSpan.FromTicks(1) }.Timeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, new RedisCommand("PING") { Timeout = Timeout.InfiniteTimeSpan }.Timeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisCommand("PING") { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisCommand("PING") { Timeout = TimeSpan.FromSeconds(-1) });
    }

    [Fact]
    public void A_copy_keeps_what_it_does_not_change()
    {
        var command = new RedisCommand("GET", "key") { Database = 3, State = "mine" };

        var copy = command with { Timeout = TimeSpan.FromSeconds(1) };

        Assert.Equal(["key"], copy.Arguments.ToArray());
        Assert.Equal(3, copy.Database);
        Assert.Equal("mine", copy.State);
        Assert.Null(command.Timeout);
    }

    [Fact]
    public void The_text_of_credentials_shows_the_user_and_never_the_password()
    {
        Assert.Equal("app (with a password)", new RedisCredentials("app", "secret").ToString());
        Assert.Equal("default (no password)", new RedisCredentials(null, null).ToString());
    }

    [Fact]
    public void Its_text_shows_the_name_and_never_what_may_be_secret()
    {
        Assert.Equal("PING (0 arguments)", new RedisCommand("PING").ToString());
        Assert.Equal("GET (1 argument)", new RedisCommand("GET", "secret").ToString());
        Assert.Equal("SET (2 arguments)", new RedisCommand("SET", "secret", "secret") { State = "secret" }.ToString());
    }

    [Fact]
    public void Bytes_that_the_sender_changes_later_are_not_changed_in_the_command()
    {
        byte[] bytes = [1, 2, 3];
        var command = new RedisCommand("SET", "key", bytes, bytes.AsMemory(1), string.Empty, 5, 1.5);

        bytes[1] = 9;

        Assert.Equal([1, 2, 3], (byte[]?)command.Arguments[1]);
        Assert.Equal([2, 3], (byte[]?)command.Arguments[2]);
        Assert.Equal(["", "5", "1.5"], command.Arguments.Skip(3).Select(argument => (string?)argument));
    }

    [Fact]
    public void Memory_that_is_given_over_is_not_copied()
    {
        byte[] bytes = [1, 2, 3];

        var command = RedisCommand.WithoutCopying("SET", "key", bytes);

        bytes[0] = 9;
        Assert.Equal(new RedisCommand("SET", "key", bytes), command);
        Assert.Contains("Argument 2 of SET", Assert.Throws<ArgumentException>(() => RedisCommand.WithoutCopying("SET", "key", RedisValue.Null)).Message);
        Assert.Throws<ArgumentException>(() => RedisCommand.WithoutCopying("SE T", "key"));
    }

    [Fact]
    public void Memory_that_is_gone_is_told_where_the_command_is_made()
    {
        var error = Assert.Throws<ArgumentException>(() => new RedisCommand("SET", "key", new LostMemory().Memory));

        Assert.StartsWith("Argument 2 of SET cannot be read: the memory is gone", error.Message);
    }

    private sealed class LostMemory : System.Buffers.MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(3);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("the memory is gone");

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("the memory is gone");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
