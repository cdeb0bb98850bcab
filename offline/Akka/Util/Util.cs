#nullable disable
using Akka.Actor;

namespace Akka
{
    /// <summary>The value of a task that has none.</summary>
    public sealed class Done
    {
        public static readonly Done Instance = new();

        private Done()
        {
        }
    }

    public sealed class NotUsed : IComparable<NotUsed>, IEquatable<NotUsed>
    {
        public static readonly NotUsed Instance = new();

        private NotUsed()
        {
        }

        public int CompareTo(NotUsed other) => 0;

        public bool Equals(NotUsed other) => true;

        public override bool Equals(object obj) => obj is NotUsed;

        public override int GetHashCode() => 0;

        public override string ToString() => "NotUsed";
    }
}

namespace Akka.Util
{
    /// <summary>What stands for an <see cref="ISurrogated"/> in serialized form.</summary>
    public interface ISurrogate
    {
        ISurrogated FromSurrogate(ActorSystem system);
    }

    /// <summary>Cannot be serialized as it is and says what to serialize in its place.</summary>
    public interface ISurrogated
    {
        ISurrogate ToSurrogate(ActorSystem system);
    }
}
