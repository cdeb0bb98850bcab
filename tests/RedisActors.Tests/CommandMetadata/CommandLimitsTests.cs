using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>What the table says that commands cannot be used for.</summary>
public sealed class CommandLimitsTests
{
    [Theory]
    [InlineData("SUBSCRIBE x", "subscriber")]
    [InlineData("PSUBSCRIBE x", "subscriber")]
    [InlineData("SSUBSCRIBE x", "subscriber")]
    [InlineData("UNSUBSCRIBE", "subscriber")]
    [InlineData("PUNSUBSCRIBE", "subscriber")]
    [InlineData("SUNSUBSCRIBE", "subscriber")]
    [InlineData("MONITOR", "stream of its own")]
    [InlineData("SYNC", "stream of its own")]
    [InlineData("PSYNC ? -1", "stream of its own")]
    [InlineData("REPLCONF ACK 1", "stream of its own")]
    [InlineData("MULTI", "send a RedisTransaction")]
    [InlineData("EXEC", "send a RedisTransaction")]
    [InlineData("DISCARD", "send a RedisTransaction")]
    [InlineData("WATCH a", "send a RedisTransaction")]
    [InlineData("UNWATCH", "send a RedisTransaction")]
    [InlineData("bLpOp a 0", "would block")]
    [InlineData("BRPOP a 0", "would block")]
    [InlineData("BRPOPLPUSH a b 0", "would block")]
    [InlineData("BLMOVE a b LEFT LEFT 0", "would block")]
    [InlineData("BLMPOP 0 1 a LEFT", "would block")]
    [InlineData("BZPOPMIN a 0", "would block")]
    [InlineData("BZPOPMAX a 0", "would block")]
    [InlineData("BZMPOP 0 1 a MIN", "would block")]
    [InlineData("WAIT 0 0", "would block")]
    [InlineData("WAITAOF 0 0 0", "would block")]
    [InlineData("SELECT 1", "use the settings")]
    [InlineData("AUTH secret", "use the settings")]
    [InlineData("HELLO 3", "use the settings")]
    [InlineData("QUIT", "use the settings")]
    [InlineData("RESET", "use the settings")]
    [InlineData("READONLY", "use the settings")]
    [InlineData("READWRITE", "use the settings")]
    [InlineData("ASKING", "use the settings")]
    [InlineData("CLIENT SETNAME me", "use the settings")]
    [InlineData("CLIENT SETINFO LIB-NAME me", "use the settings")]
    [InlineData("CLIENT NO-EVICT on", "use the settings")]
    [InlineData("CLIENT NO-TOUCH on", "use the settings")]
    [InlineData("CLIENT REPLY OFF", "use the settings")]
    [InlineData("client tracking on", "use the settings")]
    [InlineData("CLIENT CACHING YES", "use the settings")]
    [InlineData("CLIENT SOMETHING-NEW", "use the settings")]
    [InlineData("SCRIPT DEBUG YES", "debugging session")]
    [InlineData("SCRIPT DEBUG SYNC", "debugging session")]
    [InlineData("DEBUG SEGFAULT", "crash or restart")]
    [InlineData("debug restart", "crash or restart")]
    [InlineData("DEBUG CRASH-AND-RECOVER 10", "crash or restart")]
    public void What_changes_the_shared_connection_or_has_no_reply_of_its_own_is_refused(string line, string because) =>
        Assert.Contains(because, Refusal(line));

    [Theory]
    [InlineData("GET BLOCK")]
    [InlineData("LPOP SUBSCRIBE")]
    [InlineData("PUBLISH a b")]
    [InlineData("EVAL code 0")]
    [InlineData("PING")]
    [InlineData("CLIENT")]
    [InlineData("CLIENT LIST")]
    [InlineData("CLIENT KILL ID 5")]
    [InlineData("SCRIPT LOAD code")]
    [InlineData("SCRIPT KILL")]
    [InlineData("DEBUG SLEEP 0")]
    [InlineData("DEBUG OBJECT a")]
    [InlineData("FLUSHALL")]
    [InlineData("SHUTDOWN NOSAVE")]
    [InlineData("CONFIG SET maxmemory 0")]
    public void Everything_else_is_sent(string line) => Assert.Null(Refusal(line));

    [Theory]
    [InlineData("XREAD BLOCK 0 STREAMS a $", true)]
    [InlineData("xread COUNT 5 block 100 streams a $", true)]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS a >", true)]
    [InlineData("XREADGROUP GROUP streams c1 BLOCK 0 STREAMS a >", true)]
    [InlineData("XREADGROUP GROUP g streams BLOCK 0 STREAMS a >", true)]
    [InlineData("XREADGROUP BLOCK 0 GROUP g c STREAMS a >", true)]
    [InlineData("XREADGROUP NOACK BLOCK 0 GROUP g c STREAMS a >", true)]
    [InlineData("XREAD COUNT BLOCK BLOCK 0 STREAMS a 0", true)]
    [InlineData("XREAD COUNT 5 STREAMS a 0", false)]
    [InlineData("XREAD STREAMS BLOCK 0", false)]
    [InlineData("XREADGROUP GROUP block c1 STREAMS a >", false)]
    [InlineData("XREADGROUP GROUP g block STREAMS a >", false)]
    [InlineData("XREADGROUP GROUP block block COUNT 5 STREAMS block >", false)]
    [InlineData("XREADGROUP GROUP g c CLAIM 5 STREAMS a >", false)]
    public void Reading_a_stream_is_refused_where_BLOCK_is_an_option_and_not_where_it_is_a_name(string line, bool refused) =>
        Assert.Equal(refused, Refusal(line)?.Contains("would block") == true);

    [Fact]
    public void Arguments_that_are_not_text_do_no_harm()
    {
        RedisValue[] strange = [new byte[] { 255, 0 }, RedisValue.Null, 5];

        Assert.Null(CommandTable.Find("XREAD", strange)!.WhyRefused(strange, inCluster: false));
        Assert.NotNull(CommandTable.Find("CLIENT", [new byte[] { 255, 0 }])!.WhyRefused([], inCluster: false));
    }

    [Theory]
    [InlineData("BLPOP k 0", "it blocks")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS k >", "it blocks")]
    [InlineData("XREADGROUP GROUP streams c BLOCK 0 STREAMS k >", "it blocks")]
    [InlineData("xread block 5 streams k 0", "it blocks")]
    [InlineData("MULTI", "transaction")]
    [InlineData("PUBLISH channel x", "pub/sub")]
    [InlineData("SPUBLISH k x", "pub/sub")]
    [InlineData("FLUSHALL", "whole databases")]
    [InlineData("CONFIG SET maxmemory 1", "the connection or the server")]
    [InlineData("SELECT 1", "the connection or the server")]
    [InlineData("EVAL return 0", "script itself")]
    [InlineData("fcall f 1 k", "a function")]
    [InlineData("MIGRATE host 1 k 0 10", "another server")]
    [InlineData("BITFIELD k INCRBY i64 0 1", "beyond 2^53")]
    [InlineData("BITFIELD k GET u8 0 SET u54 #1 1", "beyond 2^53")]
    public void What_cannot_be_delivered_exactly_once_has_a_reason(string line, string because) =>
        Assert.Contains(because, Words.Find(line)!.WhyNotExactlyOnce(Words.Arguments(line)));

    [Theory]
    [InlineData("INCR k")]
    [InlineData("XREADGROUP GROUP g c STREAMS k block")]
    [InlineData("XREADGROUP GROUP block c STREAMS k >")]
    [InlineData("BITFIELD k INCRBY i53 0 1 SET u53 0 1 OVERFLOW FAIL INCRBY u8 64 1000")]
    [InlineData("SORT k STORE into")]
    public void What_can_be_delivered_exactly_once_has_none(string line) =>
        Assert.Null(Words.Find(line)!.WhyNotExactlyOnce(Words.Arguments(line)));

    [Theory]
    [InlineData("FLUSHALL", "every primary")]
    [InlineData("FLUSHDB", "every primary")]
    [InlineData("DBSIZE", "every primary")]
    [InlineData("KEYS *", "every primary")]
    [InlineData("SCAN 0", "every primary")]
    [InlineData("SCRIPT LOAD code", "use EVAL")]
    [InlineData("SCRIPT EXISTS sha", "use EVAL")]
    [InlineData("SCRIPT FLUSH", "every primary")]
    [InlineData("FUNCTION LOAD code", "every primary")]
    [InlineData("CONFIG SET maxmemory 0", "every primary")]
    [InlineData("ACL SETUSER me", "every primary")]
    [InlineData("MODULE LOAD file", "every primary")]
    [InlineData("PUBSUB CHANNELS", "every primary")]
    [InlineData("SCRIPT KILL", "one node")]
    [InlineData("FUNCTION STATS", "one node")]
    [InlineData("CONFIG GET maxmemory", "one node")]
    [InlineData("RANDOMKEY", "one node")]
    [InlineData("INFO", "one node")]
    [InlineData("cluster nodes", "one node")]
    [InlineData("CLUSTER", "one node")]
    [InlineData("CLUSTER SOMETHING-NEW", "one node")]
    [InlineData("CONFIG SOMETHING-NEW", "one node")]
    [InlineData("CLIENT LIST", "one node")]
    [InlineData("SAVE", "one node")]
    [InlineData("BGSAVE", "one node")]
    [InlineData("LATENCY LATEST", "one node")]
    [InlineData("SLOWLOG GET", "one node")]
    [InlineData("MEMORY STATS", "one node")]
    [InlineData("MEMORY DOCTOR", "one node")]
    [InlineData("MEMORY PURGE", "one node")]
    [InlineData("DEBUG SLEEP 1", "one node")]
    [InlineData("SWAPDB 0 1", "database 0")]
    [InlineData("SHUTDOWN", "one node")]
    [InlineData("ROLE", "one node")]
    public void What_concerns_one_node_or_all_is_refused_in_a_Redis_Cluster_and_nowhere_else(string line, string because)
    {
        Assert.Contains(because, Words.Find(line)!.WhyRefused(Words.Arguments(line), inCluster: true));
        Assert.Null(Refusal(line));
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("ECHO hello")]
    [InlineData("TIME")]
    [InlineData("LOLWUT")]
    [InlineData("COMMAND")]
    [InlineData("COMMAND DOCS get")]
    [InlineData("ACL WHOAMI")]
    [InlineData("CONFIG HELP")]
    [InlineData("PUBLISH channel text")]
    [InlineData("GET key")]
    [InlineData("EVAL code 0")]
    [InlineData("MEMORY USAGE key")]
    [InlineData("DEBUG OBJECT key")]
    [InlineData("OBJECT ENCODING key")]
    public void What_belongs_to_a_key_or_is_the_same_on_every_node_is_sent_in_a_Redis_Cluster(string line) =>
        Assert.Null(Words.Find(line)!.WhyRefused(Words.Arguments(line), inCluster: true));

    [Theory]
    [InlineData("SCRIPT KILL", true)]
    [InlineData("function kill", true)]
    [InlineData("FUNCTION STATS", true)]
    [InlineData("SHUTDOWN NOSAVE", true)]
    [InlineData("SHUTDOWN NOW nosave", true)]
    [InlineData("SHUTDOWN", false)]
    [InlineData("SHUTDOWN SAVE", false)]
    [InlineData("SCRIPT FLUSH", false)]
    [InlineData("GET NOSAVE", false)]
    public void What_a_busy_server_takes_is_known(string line, bool passes) =>
        Assert.Equal(passes, Words.Find(line)!.PassesBusy(Words.Arguments(line)));

    /// <summary>The page for users lists each command that is refused in a Redis Cluster, or sent to any node, as the table has it.</summary>
    [Fact]
    public void The_page_about_Redis_Cluster_says_what_the_table_says()
    {
        var page = Repository.Read("docs/redis-cluster-commands.md");
        var sections = page.Split("\n## ").Skip(1).ToDictionary(section => section[..section.IndexOf('\n')], section => section);

        AssertLists(ClusterScope.AllNodes, sections["All nodes: refused"]);
        AssertLists(ClusterScope.OneNode, sections["One node: refused"]);
        AssertLists(ClusterScope.AnyNode, sections["Any node: sent"]);

        static void AssertLists(ClusterScope scope, string section)
        {
            var inTable = CommandTable.Rows.Where(row => row.Scope == scope && row.WhyRefused([], inCluster: false) is null)
                .SelectMany(row => row.Names.Split(' ')).Where(name => !name.EndsWith("|*", StringComparison.Ordinal))
                .Select(name => name.Replace('|', ' '));
            var onPage = section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => line.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1));

            Assert.Equal(inTable.Order(), onPage.Order());
        }
    }

    private static string? Refusal(string line) => Words.Find(line)!.WhyRefused(Words.Arguments(line), inCluster: false);
}
