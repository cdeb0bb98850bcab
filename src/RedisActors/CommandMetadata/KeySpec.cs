using System.Globalization;
using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>
/// Where the keys are among a command's arguments. Positions count from 0, without the command's name (the server's own
/// <c>COMMAND INFO</c> counts the name as 0, so everything is one less here).
/// </summary>
internal abstract class KeySpec
{
    private KeySpec()
    {
    }

    /// <summary>The command has no keys.</summary>
    public static KeySpec None { get; } = new NoKeys();

    /// <summary>The command may have keys, and nobody knows where.</summary>
    public static KeySpec Unknown { get; } = new UnknownKeys();

    /// <summary>The first argument.</summary>
    public static KeySpec One { get; } = Range(0, 0, 1);

    /// <summary>All arguments.</summary>
    public static KeySpec All { get; } = Range(0, -1, 1);

    /// <summary><c>XREAD</c> and <c>XREADGROUP</c>: behind STREAMS as many keys as ids.</summary>
    public static KeySpec Streams { get; } = new StreamKeys();

    /// <summary><c>SORT</c>: the first argument, and what follows STORE.</summary>
    public static KeySpec SortStore { get; } = new StoreKeys(
        firstOption: 1, [new("STORE", 1, IsStore: true), new("LIMIT", 2), new("BY", 1), new("GET", 1)]);

    /// <summary><c>GEORADIUS</c> and <c>GEORADIUSBYMEMBER</c>: the first argument, and what follows STORE or STOREDIST.</summary>
    public static KeySpec RadiusStore { get; } = new StoreKeys(
        firstOption: 4, [new("STORE", 1, IsStore: true), new("STOREDIST", 1, IsStore: true), new("COUNT", 1)]);

    /// <summary><c>MIGRATE</c>: the third argument, or everything behind KEYS where that is empty.</summary>
    public static KeySpec Migrate { get; } = new MigrateKeys();

    /// <summary>
    /// Keys at fixed positions: from the first to the last, every so many. A negative last counts from the end.
    /// </summary>
    public static KeySpec Range(int first, int last, int step) => new RangeKeys(first, last, step);

    /// <summary>
    /// Keys behind their number, which is at a fixed position; of every so many arguments, the first. With a destination, position 0
    /// is a key too.
    /// </summary>
    public static KeySpec Counted(int numberAt, bool destinationFirst = false, int step = 1) =>
        new CountedKeys(numberAt, destinationFirst, step);

    /// <inheritdoc cref="CommandProfile.TryGetFirstKey"/>
    public abstract bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key);

    /// <inheritdoc cref="CommandProfile.TryGetKeys"/>
    public abstract bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys);

    private static bool At(ReadOnlySpan<RedisValue> arguments, int index, out RedisValue key)
    {
        var found = index >= 0 && index < arguments.Length;
        key = found ? arguments[index] : default;
        return found;
    }

    private static bool NotFound(out RedisValue key)
    {
        key = default;
        return false;
    }

    private sealed class NoKeys : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => NotFound(out key);

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys) => true;

        public override string ToString() => "none";
    }

    private sealed class UnknownKeys : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => NotFound(out key);

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys) => false;

        public override string ToString() => "unknown";
    }

    private sealed class RangeKeys(int first, int last, int step) : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => At(arguments, first, out key);

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys)
        {
            var end = last < 0 ? arguments.Length + last : last;
            if (end < first || end >= arguments.Length) return false;

            for (var index = first; index <= end; index += step) keys.Add(arguments[index]);
            return true;
        }

        public override string ToString() => $"{first} to {last} by {step}";
    }

    private sealed class CountedKeys(int numberAt, bool destinationFirst, int step) : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key)
        {
            if (destinationFirst) return At(arguments, 0, out key);

            return TryCount(arguments, out var count) && count > 0 ? At(arguments, numberAt + 1, out key) : NotFound(out key);
        }

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys)
        {
            if (!TryCount(arguments, out var count)) return false;

            if (destinationFirst) keys.Add(arguments[0]);
            for (var index = 0; index < count; index++) keys.Add(arguments[numberAt + 1 + (index * step)]);
            return true;
        }

        public override string ToString() => $"counted by argument {numberAt}{(destinationFirst ? ", and 0" : string.Empty)}";

        /// <summary>A number that does not fit the arguments is one that the server refuses too.</summary>
        private bool TryCount(ReadOnlySpan<RedisValue> arguments, out int count)
        {
            count = 0;
            return numberAt < arguments.Length
                && int.TryParse((string?)arguments[numberAt], NumberStyles.None, CultureInfo.InvariantCulture, out count)
                && count <= (arguments.Length - numberAt - 1) / step;
        }
    }

    private sealed class StreamKeys : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key)
        {
            var read = StreamRead.Parse(arguments);
            return read.KeyCount > 0 ? At(arguments, read.FirstKey, out key) : NotFound(out key);
        }

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys)
        {
            var read = StreamRead.Parse(arguments);
            if (read.KeyCount == 0) return false;

            foreach (var key in arguments.Slice(read.FirstKey, read.KeyCount)) keys.Add(key);
            return true;
        }

        public override string ToString() => "behind STREAMS";
    }

    private sealed class StoreKeys(int firstOption, ArgumentOption[] options) : KeySpec
    {
        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => At(arguments, 0, out key);

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys)
        {
            if (arguments.IsEmpty) return false;

            keys.Add(arguments[0]);

            // Given twice, the last one counts: so does the server.
            var destination = -1;
            for (var index = firstOption; index < arguments.Length; index++)
            {
                var option = ArgumentOption.Find(options, arguments[index]);
                if (option is { IsStore: true } && index + 1 < arguments.Length) destination = index + 1;
                index += option?.Values ?? 0;
            }

            if (destination >= 0) keys.Add(arguments[destination]);
            return true;
        }

        public override string ToString() => "0, and behind STORE";
    }

    private sealed class MigrateKeys : KeySpec
    {
        private const int KeyAt = 2;
        private const int FirstOption = 5;
        private static readonly ArgumentOption[] Options = [new("AUTH", 1), new("AUTH2", 2)];

        public override bool TryGetFirst(ReadOnlySpan<RedisValue> arguments, out RedisValue key)
        {
            var first = FindFirst(arguments);
            return first >= 0 ? At(arguments, first, out key) : NotFound(out key);
        }

        public override bool TryCollect(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys)
        {
            var first = FindFirst(arguments);
            if (first < 0 || first >= arguments.Length) return false;

            foreach (var key in first == KeyAt ? arguments.Slice(first, 1) : arguments[first..]) keys.Add(key);
            return true;
        }

        public override string ToString() => "2, or behind KEYS";

        private static int FindFirst(ReadOnlySpan<RedisValue> arguments)
        {
            if (arguments.Length <= KeyAt) return -1;
            if (!arguments[KeyAt].IsNullOrEmpty) return KeyAt;

            for (var index = FirstOption; index < arguments.Length; index++)
            {
                if (ArgumentSyntax.Is(arguments[index], "KEYS")) return index + 1;
                index += ArgumentOption.Find(Options, arguments[index])?.Values ?? 0;
            }

            return -1;
        }
    }
}
