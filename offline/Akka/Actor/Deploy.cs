#nullable disable
using Akka.Util;

namespace Akka.Actor;

/// <summary>Where and with what an actor is deployed.</summary>
public class Deploy : IEquatable<Deploy>, ISurrogated
{
    public const int NoStashSize = -1;
    public static readonly string NoDispatcherGiven = "";
    public static readonly string NoMailboxGiven = "";
    public static readonly Deploy None = new();
    public static readonly Deploy Local = new();

    public Deploy()
        : this("", "", "", NoStashSize)
    {
    }

    private Deploy(string path, string dispatcher, string mailbox, int stashCapacity)
    {
        Path = path;
        Dispatcher = dispatcher;
        Mailbox = mailbox;
        StashCapacity = stashCapacity;
    }

    public string Path { get; }

    public string Dispatcher { get; }

    public string Mailbox { get; }

    public int StashCapacity { get; }

    public virtual Deploy WithDispatcher(string dispatcher) => new(Path, dispatcher, Mailbox, StashCapacity);

    public virtual Deploy WithMailbox(string mailbox) => new(Path, Dispatcher, mailbox, StashCapacity);

    public virtual Deploy WithStashCapacity(int stashSize) => new(Path, Dispatcher, Mailbox, stashSize);

    /// <summary>Takes from the other what is not given here.</summary>
    public virtual Deploy WithFallback(Deploy other) => new(
        Path,
        Dispatcher.Length == 0 ? other.Dispatcher : Dispatcher,
        Mailbox.Length == 0 ? other.Mailbox : Mailbox,
        StashCapacity == NoStashSize ? other.StashCapacity : StashCapacity);

    public bool Equals(Deploy other) =>
        other != null && Path == other.Path && Dispatcher == other.Dispatcher && Mailbox == other.Mailbox
        && StashCapacity == other.StashCapacity;

    public override bool Equals(object obj) => obj is Deploy other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Path, Dispatcher, Mailbox, StashCapacity);

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new DeploySurrogate { Path = Path, Dispatcher = Dispatcher, Mailbox = Mailbox, StashCapacity = StashCapacity };

    public class DeploySurrogate : ISurrogate
    {
        public string Path { get; set; }

        public string Dispatcher { get; set; }

        public string Mailbox { get; set; }

        public int StashCapacity { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Deploy(Path, Dispatcher, Mailbox, StashCapacity);
    }
}
