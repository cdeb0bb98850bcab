namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>Compares what was seen of two clients. What is known to differ is a row of the table, which has to be true.</summary>
internal sealed class Differences
{
    private readonly List<string> _found = [];

    public void Compare(ApiCall call, string circumstances, string plain, string ours) => Compare($"{call}, {circumstances}", plain, ours);

    public void Compare(string what, string plain, string ours)
    {
        if (plain != ours) _found.Add($"{what}:\n  plain {plain}\n  ours  {ours}");
    }

    public void AssertNone() => Assert.True(_found.Count == 0, $"{_found.Count} differences\n{string.Join('\n', _found)}");
}
