using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

public sealed class ClientIdentityTests
{
    [Fact]
    public void Id_and_address_are_read_from_a_line_of_client_info() => Assert.Equal(
        new ClientIdentity(5, "127.0.0.1:50312"),
        ClientIdentity.Parse("id=5 addr=127.0.0.1:50312 laddr=127.0.0.1:6379 fd=8 name=redis-actors-default age=0 user=default"));

    [Fact]
    public void A_trailing_line_break_does_no_harm() =>
        Assert.Equal(new ClientIdentity(7, "[::1]:9"), ClientIdentity.Parse("addr=[::1]:9 id=7\r\n"));

    [Fact]
    public void Other_fields_that_end_in_the_same_letters_are_not_taken_for_it() =>
        Assert.Equal(new ClientIdentity(3, "1.2.3.4:5"), ClientIdentity.Parse("laddr=9.9.9.9:9 id=3 addr=1.2.3.4:5 resp-id=8"));

    [Fact]
    public void Without_an_address_only_the_id_is_known() => Assert.Equal(new ClientIdentity(3, null), ClientIdentity.Parse("id=3"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("id=x addr=1.2.3.4:5")]
    public void A_line_without_an_id_identifies_nobody(string? line) => Assert.Null(ClientIdentity.Parse(line));
}
