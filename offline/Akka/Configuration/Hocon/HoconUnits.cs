#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Durations and byte sizes: a number, and a unit that may stand apart from it.</summary>
internal static class HoconUnits
{
    private const decimal TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        ArgumentNullException.ThrowIfNull(text, "input");
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;

        var digits = text.Length - text.AsSpan().TrimStart("0123456789.").Length;
        var number = text.AsSpan(0, digits);
        var unit = text.AsSpan(digits).TrimStart();
        if (TicksPer(unit) is { } ticks && HasDigitAtBothEnds(number))
            return Ticks(decimal.Parse(number, NumberStyles.AllowDecimalPoint, NumberFormatInfo.InvariantInfo), ticks);

        var milliseconds = double.Parse(text, NumberFormatInfo.InvariantInfo);
        if (milliseconds < 0)
            throw new FormatException($"Expected a positive value instead of {text}");

        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public static long? ParseByteSize(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        var number = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        var unit = text[number.Length..];
        var count = long.Parse(number.Length == 0 ? text : number.TrimEnd(), NumberStyles.Integer, NumberFormatInfo.InvariantInfo);
        return checked(count * BytesPer(unit));
    }

    private static bool HasDigitAtBothEnds(ReadOnlySpan<char> number) =>
        number.Length > 0 && char.IsAsciiDigit(number[0]) && char.IsAsciiDigit(number[^1]);

    private static TimeSpan Ticks(decimal number, decimal ticksPerUnit)
    {
        try
        {
            return new TimeSpan(decimal.ToInt64(decimal.Round(number * ticksPerUnit)));
        }
        catch (OverflowException)
        {
            throw new OverflowException("TimeSpan overflowed because the duration is too long.");
        }
    }

    private static decimal? TicksPer(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
        "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };

    /// <summary>Powers of 1000 are written <c>kB</c>, <c>MB</c> …, powers of 1024 <c>K</c> or <c>k</c>, <c>Ki</c>, <c>KiB</c> ….</summary>
    private static long BytesPer(string unit) => unit switch
    {
        "" or "b" or "B" or "byte" or "bytes" => 1,
        "kB" or "kilobyte" or "kilobytes" => 1_000,
        "MB" or "megabyte" or "megabytes" => 1_000_000,
        "GB" or "gigabyte" or "gigabytes" => 1_000_000_000,
        "TB" or "terabyte" or "terabytes" => 1_000_000_000_000,
        "PB" or "petabyte" or "petabytes" => 1_000_000_000_000_000,
        "EB" or "exabyte" or "exabytes" => 1_000_000_000_000_000_000,
        "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        "p" or "P" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => 1L << 50,
        "e" or "E" or "Ei" or "EiB" or "exbibyte" or "exbibytes" => 1L << 60,
        _ => throw new FormatException($"{unit} is not a valid byte size suffix"),
    };
}
