#nullable disable
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>Finds the mailbox of an actor: the one asked for by name, else what its class requires, else the default.</summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";
    public static readonly string NoMailboxRequirement = "";

    private const string RequirementsPath = "akka.actor.mailbox.requirements";

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<string, MailboxType> _byId = new();
    private readonly ConcurrentDictionary<Type, Type> _requirements = new();
    private readonly Dictionary<Type, string> _idByQueueType = [];

    public Mailboxes(ActorSystem system)
    {
        _system = system;
        var requirements = system.Settings.Config.GetConfig(RequirementsPath);
        foreach (var (name, value) in requirements.AsEnumerable())
        {
            var type = Type.GetType(name.Trim('"'))
                ?? throw new ConfigurationException($"Mailbox requirement [{name}] is not the name of a type");
            _idByQueueType[type] = value.GetString();
        }
    }

    public MailboxType GetMailboxType(Props props, Config dispatcherConfig)
    {
        var asked = props.Mailbox;
        var required = GetRequiredType(props.Type);
        if (!string.IsNullOrEmpty(asked) && asked != DefaultMailboxId)
        {
            var type = Lookup(asked);
            if (required != null && !Produces(type, required))
            {
                throw new ArgumentException(
                    $"Produced message queue type [{type}] does not fulfill requirement for actor class [{props.Type}]. "
                    + $"Must be a subclass of [{required}]");
            }

            return type;
        }

        return required != null ? LookupByQueueType(required) : Lookup(DefaultMailboxId);
    }

    public bool HasRequiredType(Type actorType) => GetRequiredType(actorType) != null;

    public Type GetRequiredType(Type actorType) => _requirements.GetOrAdd(actorType, FindRequiredType);

    public MailboxType LookupByQueueType(Type queueType) =>
        _idByQueueType.TryGetValue(queueType, out var id)
            ? Lookup(id)
            : throw new ConfigurationException($"Mailbox Mapping for [{queueType}] not configured");

    public MailboxType Lookup(string id) => _byId.GetOrAdd(id, Configure);

    /// <summary>How many messages a stash holds, or -1 for as many as there is memory for.</summary>
    public int StashCapacity(string dispatcher, string mailbox)
    {
        var config = _system.Settings.Config;
        var id = new[] { mailbox, dispatcher, DefaultMailboxId }
            .First(id => !string.IsNullOrEmpty(id) && (id == DefaultMailboxId || config.HasPath($"{id}.stash-capacity")));
        return config.GetInt($"{id}.stash-capacity", -1);
    }

    private static Type FindRequiredType(Type actorType) =>
        actorType.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>))
            .Select(i => i.GenericTypeArguments[0])
            .FirstOrDefault();

    private static bool Produces(MailboxType mailbox, Type required) =>
        mailbox.GetType().GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IProducesMessageQueue<>))
            .Any(i => required.IsAssignableFrom(i.GenericTypeArguments[0]));

    private MailboxType Configure(string id)
    {
        var config = _system.Settings.Config;
        if (!config.HasPath(id))
        {
            throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        }

        var own = config.GetConfig(id);
        var name = own.GetString("mailbox-type");
        if (string.IsNullOrEmpty(name))
        {
            throw new ConfigurationException($"The setting mailbox-type defined in [{id}] is empty");
        }

        var type = Type.GetType(name)
            ?? throw new ConfigurationException($"Found mailbox-type [{name}] in configuration for [{id}], but could not find that type");
        return (MailboxType)Activator.CreateInstance(type, _system.Settings, own.WithFallback(config.GetConfig(DefaultMailboxId)));
    }
}
