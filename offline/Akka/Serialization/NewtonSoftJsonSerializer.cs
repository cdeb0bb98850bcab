#nullable disable
using System.Globalization;
using System.Reflection;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Util;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Akka.Serialization;

/// <summary>JSON with the names of types in it: what every object without a serializer of its own is written with.</summary>
public class NewtonSoftJsonSerializer : Serializer
{
    public NewtonSoftJsonSerializer(ExtendedActorSystem system)
        : base(system)
    {
        Settings = new JsonSerializerSettings
        {
            PreserveReferencesHandling = PreserveReferencesHandling.Objects,
            NullValueHandling = NullValueHandling.Ignore,
            DefaultValueHandling = DefaultValueHandling.Ignore,
            MissingMemberHandling = MissingMemberHandling.Ignore,
            ObjectCreationHandling = ObjectCreationHandling.Replace,
            ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
            ReferenceLoopHandling = ReferenceLoopHandling.Error,
            TypeNameHandling = TypeNameHandling.All,
            ContractResolver = new PrivateSetterResolver(),
            Converters = { new SurrogateConverter(system) },
        };
    }

    public NewtonSoftJsonSerializer(ExtendedActorSystem system, Config config)
        : this(system)
    {
    }

    public JsonSerializerSettings Settings { get; }

    /// <summary>A new one each time, since it remembers the references of what it has written.</summary>
    public object Serializer => JsonSerializer.Create(Settings);

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = new JsonTextWriter(text))
        {
            JsonSerializer.Create(Settings).Serialize(writer, obj);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(bytes)));
        return JsonSerializer.Create(Settings).Deserialize(reader, typeof(object));
    }

    /// <summary>A property that only its class can set is set all the same.</summary>
    private sealed class PrivateSetterResolver : DefaultContractResolver
    {
        protected override JsonProperty CreateProperty(MemberInfo member, MemberSerialization memberSerialization)
        {
            var property = base.CreateProperty(member, memberSerialization);
            property.Writable |= member is PropertyInfo { CanWrite: true };
            return property;
        }
    }

    /// <summary>
    /// Writes surrogates in place of what they stand for, and marks numbers whose type JSON would lose: <c>{"$":"I1"}</c>.
    /// </summary>
    private sealed class SurrogateConverter(ActorSystem system) : JsonConverter
    {
        public override bool CanConvert(Type objectType) =>
            objectType == typeof(int) || objectType == typeof(float) || objectType == typeof(decimal)
            || objectType == typeof(object) || typeof(ISurrogated).IsAssignableFrom(objectType);

        public override void WriteJson(JsonWriter writer, object value, JsonSerializer serializer)
        {
            switch (value)
            {
                case int number:
                    WriteNumber(writer, "I" + number.ToString(CultureInfo.InvariantCulture));
                    break;
                case float number:
                    WriteNumber(writer, "F" + number.ToString("R", CultureInfo.InvariantCulture));
                    break;
                case decimal number:
                    WriteNumber(writer, "M" + number.ToString(CultureInfo.InvariantCulture));
                    break;
                case ISurrogated surrogated:
                    serializer.Serialize(writer, surrogated.ToSurrogate(system));
                    break;
                default:
                    writer.WriteStartObject();
                    writer.WriteEndObject();
                    break;
            }
        }

        public override object ReadJson(JsonReader reader, Type objectType, object existingValue, JsonSerializer serializer)
        {
            if (reader.TokenType is JsonToken.Integer or JsonToken.Float)
            {
                return objectType == typeof(object)
                    ? reader.Value
                    : Convert.ChangeType(reader.Value, objectType, CultureInfo.InvariantCulture);
            }

            var value = serializer.Deserialize(reader);
            return value switch
            {
                ISurrogate surrogate => surrogate.FromSurrogate(system),
                JObject json when json.TryGetValue("$", out var marked) => ReadNumber(marked.Value<string>()),
                JObject { HasValues: false } => new object(),
                _ => value,
            };
        }

        private static void WriteNumber(JsonWriter writer, string marked)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("$");
            writer.WriteValue(marked);
            writer.WriteEndObject();
        }

        private static object ReadNumber(string marked) => marked[0] switch
        {
            'I' => int.Parse(marked.AsSpan(1), NumberStyles.Integer, CultureInfo.InvariantCulture),
            'F' => float.Parse(marked.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture),
            'M' => decimal.Parse(marked.AsSpan(1), NumberStyles.Number, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"Not a number: {marked}"),
        };
    }
}
