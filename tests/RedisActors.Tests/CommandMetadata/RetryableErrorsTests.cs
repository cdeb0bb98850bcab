using RedisActors.CommandMetadata;

namespace RedisActors.Tests.CommandMetadata;

public sealed class RetryableErrorsTests
{
    // RetryableErrorsOnServersTests gets from a real server those that can be had from one quickly.
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("LOADING Valkey is loading the dataset in memory", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("BUSY Redis is busy running a module command.", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("CLUSTERDOWN The cluster is down", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Server))]
    [InlineData("CLUSTERDOWN The cluster is down and only accepts read commands", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Writes))]
    [InlineData("CLUSTERDOWN Hash slot not served", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Slot))]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Slot))]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Writes))]
    [InlineData("MISCONF Errors writing to the AOF file: No space left on device", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Writes))]
    [InlineData("NOREPLICAS Not enough good replicas to write.", nameof(ServerErrorKind.Retry), nameof(ServerErrorScope.Writes))]
    [InlineData("READONLY You can't write against a read only replica.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Writes))]
    [InlineData("READONLY You can't write against a read only slave.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Writes))]
    [InlineData("NOAUTH Authentication required.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("ERR max number of clients reached", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("ERR max number of clients + cluster connections reached", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("TOKENLATE the time of the command is over by the clock of the server. Nothing was executed", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("NOSCRIPT No matching script. Please use EVAL.", nameof(ServerErrorKind.NoScript), nameof(ServerErrorScope.Command))]
    public void Errors_that_mean_not_executed_are_told_with_what_else_they_concern(string error, string kind, string scope)
    {
        Assert.Equal(kind, RetryableErrors.Classify(error, out var found).ToString());
        Assert.Equal(scope, found.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ERR unknown command 'FOO', with args beginning with: ")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("NOPERM this user has no permissions to run the 'get' command")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("BUSYKEY Target key name already exists.")]
    [InlineData("BUSYGROUP Consumer Group name already exists")]
    [InlineData("UNBLOCKED client unblocked via CLIENT UNBLOCK")]
    [InlineData("EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("ERR the LOADING bay is closed")]
    [InlineData("ERR Redis is loading the dataset in memory")]
    public void Other_errors_are_the_answer_of_the_command(string error)
    {
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error, out var scope));
        Assert.Equal(ServerErrorScope.Command, scope);
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", "LOADING Redis is loading the dataset in memory", true)]
    [InlineData("BUSY Redis is busy running a script.", "BUSY Redis is busy running a module command.", true)]
    [InlineData("BUSY Redis is busy running a script.", "LOADING Redis is loading the dataset in memory", false)]
    [InlineData("BUSY Redis is busy running a script.", "BUSY bees", false)]
    [InlineData("READONLY You can't write against a read only replica.", "NOPERM this user has no permissions to run the 'eval' command", false)]
    [InlineData("ERR max number of clients reached", "ERR Error compiling script (new function)", false)]
    [InlineData("MOVED 1 127.0.0.1:1", "MOVED 1 127.0.0.1:2", true)]
    [InlineData("MOVED 1 127.0.0.1:1", "MOVED 2 127.0.0.1:1", false)]
    [InlineData("MOVED 1 127.0.0.1:1", "ASK 1 127.0.0.1:1", false)]
    public void Two_errors_are_one_refusal_if_the_server_means_the_same_by_them(string one, string other, bool expected) =>
        Assert.Equal(expected, RetryableErrors.IsSameRefusal(one, other));

    [Theory]
    [InlineData("LOADING")]
    [InlineData("BUSY come back later")]
    [InlineData("READONLY mode is on for this account")]
    [InlineData("TRYAGAIN the lock is taken")]
    [InlineData("NOSCRIPT for this play")]
    [InlineData("LOADING the truck is loading the dataset in memory")]
    public void The_first_word_alone_does_not_make_a_scripts_own_error_one_of_the_servers(string error) =>
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error));

    [Theory]
    [InlineData("READONLY You can't write against a read only replica. script: 5e2a, on @user_script:1.")]
    [InlineData("NOREPLICAS Not enough good replicas to write. script: debit, on @user_function:12.")]
    [InlineData("ERR Error running script (call to f_5e2a): @user_script:1: -READONLY You can't write against a read only replica.")]
    public void An_error_out_of_a_running_script_is_final(string error) =>
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error));

    [Fact]
    public void Of_a_script_that_is_known_to_have_written_nothing_the_error_can_be_judged_without_its_place()
    {
        const string Error = "READONLY You can't write against a read only replica.";

        Assert.Equal(Error, RetryableErrors.WithoutScriptPosition($"{Error} script: 5e2a, on @user_script:1."));
        Assert.Equal(Error, RetryableErrors.WithoutScriptPosition(Error));
        Assert.Equal("ERR my script: fails", RetryableErrors.WithoutScriptPosition("ERR my script: fails"));
    }
}
