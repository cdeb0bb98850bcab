using System.Net.Sockets;
using System.Text;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>
/// A connection that sends arguments as they are and returns answers as they came, so that a test can compare the reply to a wrapped
/// command with that to the plain one, byte by byte.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public Wire(RedisServer server) => _socket.Connect(server.Host, server.Port);

    public void Dispose() => _socket.Dispose();

    /// <summary>The answer as it came over the wire.</summary>
    public byte[] Raw(string name, params RedisValue[] arguments)
    {
        Send(name, arguments);
        return Receive();
    }

    /// <summary>The same, as text with a character per byte.</summary>
    public string Text(string name, params RedisValue[] arguments) => Encoding.Latin1.GetString(Raw(name, arguments));

    /// <summary>The same, read as a value.</summary>
    public RespValue Value(string name, params RedisValue[] arguments) => RespText.Decode(Raw(name, arguments));

    /// <summary>Makes the script known, as every test of it needs.</summary>
    public Wire WithScript()
    {
        var (name, arguments) = ExactlyOnceScript.Load();
        Assert.Equal(ExactlyOnceScript.Sha1, Value(name, arguments).AsString());
        return this;
    }

    /// <summary>What the script answered, unpacked from the string that carries it.</summary>
    public string Wrapped(RedisCommand command, string token, params RedisValue[] keys)
    {
        var raw = RawWrapped(command, token, keys);
        return raw[0] == (byte)'$' ? Encoding.Latin1.GetString((byte[]?)RespText.Decode(raw).AsRedisValue() ?? []) : Encoding.Latin1.GetString(raw);
    }

    /// <summary>The same, decoded as the library does it.</summary>
    public ExactlyOnceReply Decoded(RedisCommand command, string token, params RedisValue[] keys) =>
        Script.Decode(RespText.Decode(RawWrapped(command, token, keys)));

    /// <summary>The replies to commands that share the token "group", as the library reads them, and how long they took.</summary>
    public (ExactlyOnceReply[] Replies, TimeSpan? Took) Group(RedisCommand?[] commands, RedisValue[] keys)
    {
        var arguments = Script.WrapGroup(commands, TokenKey.For(keys[0], "group"), TimeSpan.FromMinutes(5), keys);
        return Replies(arguments, commands.Length);
    }

    /// <summary>The replies to commands that have a token each, in one request, and how long they took.</summary>
    public (ExactlyOnceReply[] Replies, TimeSpan? Took) Each(RedisCommand[] commands, RedisValue[] keys, params long?[] latest)
    {
        var tokens = commands.Select((command, i) => Script.TokenOf(command, keys[0], i < latest.Length ? latest[i] : null, prefix: null));
        return Replies(Script.WrapEach(commands, [.. tokens], TimeSpan.FromMinutes(5), keys), commands.Length);
    }

    /// <summary>The reply to a command with a token, in a request of its own.</summary>
    public ExactlyOnceReply Alone(RedisCommand command, params RedisValue[] keys) => Decoded(command, command.IdempotencyKey!, keys);

    private (ExactlyOnceReply[] Replies, TimeSpan? Took) Replies(RedisValue[] arguments, int count)
    {
        var replies = Script.ReadGroup(Value("EVALSHA", arguments), count);
        var read = new ExactlyOnceReply[count];
        for (var i = 0; i < read.Length; i++) read[i] = replies.Next();
        return (read, replies.ReadTook());
    }

    public byte[] RawWrapped(RedisCommand command, string token, params RedisValue[] keys)
    {
        var (name, arguments) = Script.Wrap(command, token, TimeSpan.FromMinutes(5), keys);
        return Raw(name, arguments);
    }

    public void Send(string name, params RedisValue[] arguments)
    {
        using var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"*{arguments.Length + 1}\r\n"));
        Append(request, name);
        foreach (var argument in arguments) Append(request, argument);
        for (var rest = request.ToArray().AsSpan(); rest.Length > 0; rest = rest[_socket.Send(rest)..])
        {
        }
    }

    public byte[] Receive()
    {
        using var answer = new MemoryStream();
        Copy(answer);
        return answer.ToArray();
    }

    private static void Append(MemoryStream request, RedisValue word)
    {
        var bytes = (byte[]?)word ?? [];
        request.Write(Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"));
        request.Write(bytes);
        request.Write("\r\n"u8);
    }

    private void Copy(MemoryStream answer)
    {
        var line = CopyLine(answer);
        var number = line[0] is '$' or '*' ? int.Parse(line[1..]) : 0;
        if (line[0] == '*')
        {
            for (var i = 0; i < number; i++) Copy(answer);
        }
        else if (line[0] == '$' && number >= 0)
        {
            for (var left = number + 2; left > 0; left--) answer.WriteByte(Next());
        }
    }

    private string CopyLine(MemoryStream answer)
    {
        var line = new StringBuilder();
        do
        {
            var next = Next();
            answer.WriteByte(next);
            line.Append((char)next);
        }
        while (line[^1] != '\n');

        return line.ToString(0, line.Length - 2);
    }

    private byte Next()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = _socket.Receive(_buffer);
            if (_end == 0) throw new IOException("The server closed the connection.");
        }

        return _buffer[_start++];
    }
}

/// <summary>One server for all tests of a class; each test begins with an empty one that knows the script.</summary>
public sealed class ExactlyOnceServer : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync() =>
        _server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--enable-debug-command", "yes"] });

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    internal Wire Connect()
    {
        var wire = new Wire(Server);
        Assert.Equal("+OK\r\n", wire.Text("FLUSHALL"));
        return wire.WithScript();
    }
}
