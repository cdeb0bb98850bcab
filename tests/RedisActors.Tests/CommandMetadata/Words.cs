using RedisActors.CommandMetadata;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>Commands as one types them, and a probe's answers as the library has them.</summary>
internal static class Words
{
    /// <summary>The words of a line; a word in double quotes may be empty or hold spaces.</summary>
    public static string[] Of(string line)
    {
        var words = new List<string>();
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == ' ') continue;

            var quoted = line[index] == '"';
            var start = quoted ? index + 1 : index;
            var end = line.IndexOf(quoted ? '"' : ' ', start);
            if (end < 0) end = line.Length;
            words.Add(line[start..end]);
            index = end;
        }

        return [.. words];
    }

    /// <summary>All words but the first.</summary>
    public static RedisValue[] Arguments(string line) => [.. Of(line).Skip(1).Select(word => (RedisValue)word)];

    /// <summary>What the table knows of a line.</summary>
    public static CommandProfile? Find(string line) => CommandTable.Find(Of(line)[0], Arguments(line));

    /// <summary>What a second run of a line does, as the table has it.</summary>
    public static ReplayClass ClassOf(string line) => Find(line)!.ClassOf(Arguments(line));

    public static RedisCommand Command(string line) => new(Of(line)[0], Arguments(line));

    public static RespValue ToRespValue(ProbeReply reply) => reply.Kind switch
    {
        ProbeReplyKind.Null => RespValue.Null,
        ProbeReplyKind.Integer => RespValue.Integer(reply.AsInt64()),
        ProbeReplyKind.Status => RespValue.SimpleString(reply.Text),
        ProbeReplyKind.Error => RespValue.Error(reply.Text),
        ProbeReplyKind.Bulk => RespValue.BulkString(reply.Bytes.ToArray()),
        _ => RespValue.Array([.. reply.Items.Select(ToRespValue)]),
    };
}

/// <summary>One server for all tests of a class, and a connection to it.</summary>
public sealed class CommandServer : IAsyncLifetime
{
    private RedisServer? _server;
    private RedisProbe? _probe;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    internal RedisProbe Probe => _probe ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        _probe = await _server.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        if (_probe is not null) await _probe.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Sends a line and returns the answer, an error included.</summary>
    internal Task<ProbeReply> RunAsync(string line) => Probe.ExecuteAsync(Words.Of(line));

    /// <summary>Sends lines without waiting in between and returns their answers.</summary>
    internal async Task<IReadOnlyList<ProbeReply>> RunAllAsync(IEnumerable<string> lines)
    {
        var sent = 0;
        foreach (var line in lines)
        {
            await Probe.SendAsync(Words.Of(line));
            sent++;
        }

        var replies = new ProbeReply[sent];
        for (var index = 0; index < sent; index++) replies[index] = await Probe.ReadAsync();
        return replies;
    }
}
