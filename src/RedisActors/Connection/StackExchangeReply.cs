using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Turns the client's replies into ours.</summary>
internal static class StackExchangeReply
{
    public static RespValue ToRespValue(RedisResult result)
    {
        if (result.IsNull) return RespValue.Null;
        switch (result.Resp2Type)
        {
            case ResultType.Integer:
                return RespValue.Integer((long)result);
            case ResultType.SimpleString:
                return RespValue.SimpleString((RedisValue)result);
            case ResultType.Error:
                return RespValue.Error(result.ToString() ?? "ERR");
            case ResultType.Array:
                var items = new RespValue[result.Length];
                for (var i = 0; i < items.Length; i++) items[i] = ToRespValue(result[i]);
                return RespValue.ArrayOf(items);
            default:
                return RespValue.BulkString((RedisValue)result);
        }
    }
}
