namespace RedisActors.Tests.Configuration;

/// <summary>Akka's <c>GetString</c> trims what stood in quotation marks too; a password may not lose its blanks.</summary>
public sealed class QuotedTextTests
{
    [Theory]
    [InlineData("\" secret \"", " secret ")]
    [InlineData("\" secret \"   # a comment", " secret ")]
    [InlineData("\"   \"", "   ")]
    [InlineData("\"secret \"", "secret ")]
    [InlineData("\"\\tsecret\\n\"", "\tsecret\n")]
    [InlineData("\"\"\" secret \"\"\"", " secret ")]
    [InlineData("  secret  ", "secret")]
    [InlineData("secret  # a comment", "secret")]
    [InlineData("two words ", "two words")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void A_password_keeps_the_blanks_that_stand_in_quotation_marks_and_no_others(string hocon, string? password) =>
        Assert.Equal(password, Hocon.Settings($"password = {hocon}").Link.Credentials.Password);
}
