#nullable disable
using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;

namespace Akka.Serialization;

/// <summary>Finds the serializer for an object: that of its class, else of the nearest base class or interface bound to one.</summary>
public class Serialization
{
    [ThreadStatic]
    private static Information _transport;

    private readonly Dictionary<string, Serializer> _byName = [];
    private readonly Dictionary<int, Serializer> _byId = [];
    private readonly Dictionary<Type, Serializer> _bindings = [];
    private readonly ConcurrentDictionary<Type, Serializer> _found = new();
    private readonly NullSerializer _null;

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        _null = new NullSerializer(system);
        _byId[_null.Identifier] = _null;
        var config = system.Settings.Config;
        foreach (var (name, value) in config.GetConfig("akka.actor.serializers").AsEnumerable())
        {
            var type = Type.GetType(value.GetString());
            if (type == null)
            {
                system.Log.Warning("The type name for serializer '{0}' did not resolve to an actual Type: '{1}'", name, value.GetString());
                continue;
            }

            AddSerializer(name, Create(type, name));
        }

        foreach (var (name, value) in config.GetConfig("akka.actor.serialization-bindings").AsEnumerable())
        {
            Bind(name.Trim('"'), value.GetString());
        }

        var setup = system.Settings.Setup.Get<SerializationSetup>();
        foreach (var details in setup.HasValue ? setup.Value.CreateSerializers(system) : [])
        {
            AddSerializer(details.Alias, details.Serializer);
            foreach (var type in details.UseFor)
            {
                AddSerializationMap(type, details.Serializer);
            }
        }
    }

    public ExtendedActorSystem System { get; }

    /// <summary>With the address of the transport that the reference is written for, if there is one.</summary>
    public static string SerializedActorPath(IActorRef actorRef) => actorRef switch
    {
        null => "",
        _ when _transport is null => actorRef.Path.ToSerializationFormat(),
        _ => actorRef.Path.ToSerializationFormatWithAddress(_transport.Address),
    };

    /// <summary>What is set while a serializer is called.</summary>
    public static Information GetCurrentTransportInformation() =>
        _transport ?? throw new InvalidOperationException("CurrentTransportInformation is not set. Use Serialization.WithTransport<T>.");

    /// <summary>What the receiver must be told beside the bytes.</summary>
    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest named => named.Manifest(msg),
        { IncludeManifest: true } when msg != null => $"{msg.GetType().FullName}, {msg.GetType().Assembly.GetName().Name}",
        _ => "",
    };

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) =>
        WithTransport(system, action, static action => action());

    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action)
    {
        var before = _transport;
        try
        {
            _transport = system.Provider.SerializationInformation;
            return action(state);
        }
        finally
        {
            _transport = before;
        }
    }

    public void AddSerializer(string name, Serializer serializer)
    {
        _byName[name] = serializer;
        _byId[serializer.Identifier] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        _bindings[type] = serializer;
        _found.Clear();
    }

    public byte[] Serialize(object o) => WithinTransport(() => FindSerializerFor(o).ToBinary(o));

    public object Deserialize(byte[] bytes, int serializerId, Type type) =>
        WithinTransport(() => ById(serializerId).FromBinary(bytes, type));

    public object Deserialize(byte[] bytes, int serializerId, string manifest) =>
        WithinTransport(() => FromBinary(bytes, serializerId, manifest));

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null) =>
        obj == null ? _null : FindSerializerForType(obj.GetType(), defaultSerializerName);

    /// <summary>What was found is kept, also if it is what the caller gave as the default.</summary>
    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null) =>
        _found.TryGetValue(objectType, out var found) ? found : _found[objectType] = Find(objectType, defaultSerializerName);

    /// <summary>Keeps the transport that is set already, and otherwise sets that of this system.</summary>
    internal T WithinTransport<T>(Func<T> action) => _transport is null ? WithTransport(System, action) : action();

    private object FromBinary(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = ById(serializerId);
        if (serializer is SerializerWithStringManifest named)
        {
            return named.FromBinary(bytes, manifest);
        }

        var type = string.IsNullOrEmpty(manifest) ? null : Type.GetType(manifest)
            ?? throw new SerializationException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].");
        return serializer.FromBinary(bytes, type);
    }

    private Serializer Find(Type objectType, string defaultSerializerName)
    {
        var candidates = _bindings.Keys.Where(bound => bound.IsAssignableFrom(objectType)).ToList();
        var nearest = candidates.FirstOrDefault(c => c != typeof(object) && candidates.All(o => o == c || !c.IsAssignableFrom(o)))
            ?? candidates.FirstOrDefault();
        if (defaultSerializerName != null && (nearest == null || nearest == typeof(object))
            && _byName.TryGetValue(defaultSerializerName, out var byDefault))
        {
            return byDefault;
        }

        return nearest != null
            ? _bindings[nearest]
            : throw new SerializationException($"Serializer not found for type {objectType.Name}");
    }

    private Serializer ById(int id) =>
        _byId.TryGetValue(id, out var serializer)
            ? serializer
            : throw new SerializationException(
                $"Cannot find serializer with id [{id}] (class [unknown]). The most probable reason is that the configuration entry "
                + "'akka.actor.serializers' is not in sync between the two systems.");

    private Serializer Create(Type type, string name)
    {
        var settings = System.Settings.Config.GetConfig($"akka.actor.serialization-settings.{name}");
        return type.GetConstructor([typeof(ExtendedActorSystem), typeof(Configuration.Config)]) != null
            ? (Serializer)Activator.CreateInstance(type, System, settings)
            : (Serializer)Activator.CreateInstance(type, System);
    }

    private void Bind(string typeName, string serializerName)
    {
        var type = Type.GetType(typeName);
        if (type == null)
        {
            System.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual Type: '{1}'", serializerName, typeName);
        }
        else if (!_byName.TryGetValue(serializerName, out var serializer))
        {
            System.Log.Warning("Serialization binding to non existing serializer: '{0}'", serializerName);
        }
        else
        {
            _bindings[type] = serializer;
        }
    }
}
