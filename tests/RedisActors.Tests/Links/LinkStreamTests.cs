using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisActors.Connection;

namespace RedisActors.Tests.Links;

/// <summary>What passes through the stream that the client is given, and what the stream knows of it.</summary>
public sealed class LinkStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _server;
    private readonly LinkStream _stream;

    public LinkStreamTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        _server = listener.AcceptSocket();
        _stream = new LinkStream(new NetworkStream(client, ownsSocket: true));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n", 1)]
    [InlineData("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n", 2)]
    [InlineData("*2\r\n$4\r\nECHO\r\n$11\r\n*1\r\n$1\r\nx\r\n\r\n", 1)]
    [InlineData("*1\r\n$4\r\nPING\r", 0)]
    [InlineData("*2\r\n$4\r\nECHO\r\n$5\r\n", 0)]
    [InlineData("PING\r\n", long.MaxValue)]
    [InlineData("*2\r\n$4\r\nECHO\r\n$-1\r\n", long.MaxValue)]
    [InlineData("*1\r\n$4\r\nPING\r\n$4\r\n", long.MaxValue)]
    public void Requests_are_counted_when_they_are_complete_however_they_are_cut(string bytes, long count)
    {
        var whole = new RequestCounter();
        whole.Advance(Encoding.ASCII.GetBytes(bytes));
        var inPieces = new RequestCounter();
        foreach (var letter in Encoding.ASCII.GetBytes(bytes)) inPieces.Advance([letter]);

        Assert.Equal(count, whole.Count);
        Assert.Equal(count, inPieces.Count);
    }

    [Fact]
    public async Task The_handshake_is_answered_without_the_server()
    {
        await AskAsync("*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$1\r\nx\r\n", "-ERR unknown command\r\n");
        await AskAsync("*2\r\n$4\r\nINFO\r\n$11\r\nreplication\r\n", "-ERR unknown command\r\n");
        await AskAsync("*2\r\n$4\r\nECHO\r\n$4\r\n\r\n\r\n\r\n", "$4\r\n\r\n\r\n\r\n");
        await AskAsync("*1\r\n$4\r\nPING\r\n", "+PONG\r\n");
        Assert.False(_stream.Handshake.IsCompleted);
        await AskAsync("*2\r\n$4\r\nINFO\r\n$11\r\nreplication\r\n", "-ERR unknown command\r\n");

        await _stream.Handshake.WaitAsync(Patience);
        Assert.Equal(0, _server.Available);
    }

    /// <summary>An answer that the client has not read yet comes before the server's first.</summary>
    [Fact]
    public async Task What_the_server_says_comes_after_the_last_answer_of_the_handshake()
    {
        await WriteAsync("*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n");
        _stream.GoLive();
        await WriteAsync("*1\r\n$4\r\nPING\r\n");
        await _server.SendAsync("+FROM SERVER\r\n"u8.ToArray());

        Assert.Equal("$1\r\nx\r\n+FROM SERVER\r\n", await ReadAsync("$1\r\nx\r\n+FROM SERVER\r\n".Length));
        var buffer = new byte[100];
        Assert.Equal("*1\r\n$4\r\nPING\r\n", Encoding.ASCII.GetString(buffer, 0, await _server.ReceiveAsync(buffer)));
        Assert.Equal(1, _stream.CloseAndCount("enough"));
    }

    [Fact]
    public async Task A_client_in_the_middle_of_a_request_does_not_go_live()
    {
        await WriteAsync("*2\r\n$4\r\nECHO\r\n");

        Assert.Throws<RedisLinkException>(_stream.GoLive);
    }

    [Fact]
    public async Task Bytes_that_come_are_life_and_bytes_that_go_only_where_a_write_had_to_wait()
    {
        _stream.GoLive();
        await WriteAsync("*1\r\n$4\r\nPING\r\n");
        Assert.False(_stream.TakeHeard());

        await _server.SendAsync("$5000000\r\nhalf an answer"u8.ToArray());
        await ReadAsync(5);
        Assert.True(_stream.TakeHeard());
        Assert.False(_stream.TakeHeard());

        var writing = _stream.WriteAsync(new byte[50_000_000]).AsTask();
        await DrainAsync(10_000_000);
        await WaitForAsync(_stream.TakeHeard);
        Assert.False(writing.IsCompleted);
    }

    [Fact]
    public async Task Nothing_is_written_after_the_close_and_nothing_counts()
    {
        var told = new List<string>();
        _stream.Ended = told.Add;
        _stream.GoLive();
        await WriteAsync("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI");

        Assert.Equal(1, _stream.CloseAndCount("enough"));
        await Assert.ThrowsAsync<IOException>(() => WriteAsync("NG\r\n"));
        Assert.Equal(1, _stream.CloseAndCount("enough"));
        Assert.Empty(told);
    }

    [Fact]
    public async Task The_end_is_told_once_with_its_cause()
    {
        var told = new List<string>();
        _stream.Ended = told.Add;
        _stream.GoLive();

        _server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await _stream.ReadAsync(new byte[10]).AsTask().WaitAsync(Patience));
        _stream.Dispose();

        Assert.Equal(["the server closed the connection"], told);
    }

    private async Task AskAsync(string request, string answer)
    {
        await WriteAsync(request);
        Assert.Equal(answer, await ReadAsync(answer.Length));
    }

    private async Task WriteAsync(string bytes) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(bytes)).AsTask().WaitAsync(Patience);

    private async Task<string> ReadAsync(int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;) read += await _stream.ReadAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Patience);
        return Encoding.ASCII.GetString(bytes);
    }

    private async Task DrainAsync(int count)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0) count -= await _server.ReceiveAsync(buffer).WaitAsync(Patience);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, limit.Token);
    }
}
