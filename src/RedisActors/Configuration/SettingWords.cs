using System.Text.Json;

namespace RedisActors.Configuration;

/// <summary>The HOCON spelling of an enumeration's values: <c>at-most-once</c> for <see cref="DeliveryMode.AtMostOnce"/>.</summary>
internal static class SettingWords
{
    public static string Of(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName($"{value}");
}
