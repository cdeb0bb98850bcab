using System.Runtime.Serialization;
using System.Text;
using Newtonsoft.Json;

namespace RedisActors.Wire;

/// <summary>
/// Looks over what Akka's JSON serializer is to read. Of an object that does not name its type it makes the same object again, and so on
/// until the stack overflows, which ends the process. Akka's own writing names the type of each.
/// </summary>
internal static class AkkaJson
{
    /// <summary>Throws <see cref="SerializationException"/> where an object does not name its type, or names any type.</summary>
    public static void Check(byte[] content)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(content)));
        while (reader.Read())
        {
            if (reader.TokenType == JsonToken.StartObject && !SaysWhatItIs(reader)) throw new SerializationException("it holds an object that does not name its type");
        }
    }

    /// <summary>What describes an object comes first in it: its number, then its type, or the number of another object.</summary>
    private static bool SaysWhatItIs(JsonTextReader reader)
    {
        for (var i = 0; i < 2; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonToken.PropertyName) return false;
            var name = (string)reader.Value!;
            if (!reader.Read() || reader.TokenType != JsonToken.String) return false;
            switch (name)
            {
                case "$id":
                    break;
                case "$ref" or "$":
                    return true;
                case "$type":
                    var type = ((string)reader.Value!).TrimStart();
                    return !type.StartsWith("System.Object", StringComparison.Ordinal) && !type.StartsWith("Newtonsoft.", StringComparison.Ordinal);
                default:
                    return false;
            }
        }

        return false;
    }
}
