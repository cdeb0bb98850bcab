using System.Text.Json;

namespace RedisActors.Configuration;

/// <summary>How HOCON spells the values of an enumeration: <c>at-most-once</c> for <see cref="DeliveryMode.AtMostOnce"/>.</summary>
internal static class SettingWords
{
    public static string Of(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName($"{value}");
}
