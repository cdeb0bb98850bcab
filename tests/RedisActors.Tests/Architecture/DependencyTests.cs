using NetArchTest.Rules;

namespace RedisActors.Tests.Architecture;

/// <summary>The folders of the library depend on each other in one direction, the one that docs/architecture.md draws.</summary>
public sealed class DependencyTests
{
    /// <summary>
    /// From the bottom up: none depends on one that follows. The folder <c>Messages</c>, the metrics, the RedisActor and its extension
    /// have the library's root namespace, so they stand outside this list.
    /// </summary>
    private static readonly string[] BottomUp =
    [
        "Configuration", "CommandMetadata", "ExactlyOnce", "Backoff", "Connection", "Commands", "Supervision", "Lanes", "RedisCluster",
        "Sessions", "Subscriptions", "Consumers", "Locks", "Multiplexer",
    ];

    public static TheoryData<string> Folders => [.. BottomUp];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_depends_on_none_above_it(string folder)
    {
        var above = BottomUp.SkipWhile(other => other != folder).Skip(1).Select(NamespaceOf).ToArray();

        var result = Types.InAssembly(typeof(RedisExtension).Assembly)
            .That().ResideInNamespace(NamespaceOf(folder))
            .ShouldNot().HaveDependencyOnAny(above.Append("RedisActors.None").ToArray())
            .GetResult();

        Assert.True(result.IsSuccessful, string.Join(Environment.NewLine, result.FailingTypeNames ?? []));
    }

    [Fact]
    public void Every_folder_of_the_library_is_in_the_list_or_known_to_stand_outside()
    {
        var namespaces = typeof(RedisExtension).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("RedisActors.", StringComparison.Ordinal) == true)
            .Select(type => type.Namespace!["RedisActors.".Length..])
            .Distinct();

        Assert.Equal(BottomUp.Append("Wire").Order(), namespaces.Where(name => !name.StartsWith("Wire.", StringComparison.Ordinal)).Order());
    }

    /// <summary>What the serializer writes, it knows; nothing of what it writes knows the serializer.</summary>
    [Fact]
    public void Only_the_messages_know_how_they_are_written()
    {
        var result = Types.InAssembly(typeof(RedisExtension).Assembly)
            .That().HaveDependencyOn("RedisActors.Wire")
            .GetTypes()
            .Where(type => type.Namespace?.StartsWith("RedisActors.Wire", StringComparison.Ordinal) == false)
            .Select(type => type.Name);

        Assert.Equal([nameof(RedisExtension), nameof(RedisOutcomeException)], result.Order());
    }

    private static string NamespaceOf(string folder) => $"RedisActors.{folder}";
}
