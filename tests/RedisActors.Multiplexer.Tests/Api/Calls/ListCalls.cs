using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class ListCalls
{
    private static readonly RedisKey[] Keys = ["missing", "list", "list2"];
    private static readonly RedisValue[] Values = ["x", 1, 2.5];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.ListGetByIndex("list", -1),
        d => d.ListGetByIndex("list", 99),
        d => d.ListInsertAfter("list", "b", "new"),
        d => d.ListInsertBefore("list", "missing", "new"),
        d => d.ListLeftPop("list"),
        d => d.ListLeftPop("missing"),
        d => d.ListLeftPop("list", 2),
        d => d.ListLeftPop("missing", 2),
        d => d.ListLeftPop(Keys, 2),
        d => d.ListLeftPush("list", "new"),
        d => d.ListLeftPush("missing", "new", When.Exists),
        d => d.ListLeftPush("list", Values, When.Always),
        d => d.ListLeftPush("list", Values, When.Exists),
        d => d.ListLeftPush("list", Values, CommandFlags.None),
        d => d.ListLeftPush("list", Array.Empty<RedisValue>(), CommandFlags.None),
        d => d.ListLength("list"),
        d => d.ListMove("list", "list2", ListSide.Left, ListSide.Right),
        d => d.ListMove("missing", "list2", ListSide.Left, ListSide.Right),
        d => d.ListMove("list", "list2", ListSide.Left, ListSide.Right, 2),
        d => d.ListPosition("list", "b", 2),
        d => d.ListPosition("list", "missing"),
        d => d.ListPositions("list", "b", 10),
        d => d.ListRange("list"),
        d => d.ListRange("list", 1, -2),
        d => d.ListRange("large list"),
        d => d.ListRemove("list", "b", -1),
        d => d.ListRightPop("list"),
        d => d.ListRightPop("list", 2),
        d => d.ListRightPop(Keys, 2),
        d => d.ListRightPop(new RedisKey[] { "missing" }, 2),
        d => d.ListRightPopLeftPush("list", "list2"),
        d => d.ListRightPush("list", "new"),
        d => d.ListRightPush("list", Values, When.Always),
        d => d.ListRightPush("list", Values, CommandFlags.None),
        d => d.ListSetByIndex("list", 1, "new"),
        d => d.ListSetByIndex("list", 99, "new"),
        d => d.ListTrim("list", 1, 2),
    };
}
