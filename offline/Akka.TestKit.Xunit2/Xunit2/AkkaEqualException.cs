#nullable disable // as Akka.TestKit.Xunit2
using System.Globalization;
using Xunit.Sdk;

namespace Akka.TestKit.Xunit2.Internals;

/// <summary>Two values are not equal that should be.</summary>
public class AkkaEqualException : XunitException
{
    public AkkaEqualException(string format = "", params object[] args)
        : base(args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args))
    {
    }

    public static AkkaEqualException ForMismatchedValues(
        object expected, object actual, string format = null, params object[] args)
    {
        var hint = string.IsNullOrEmpty(format) || args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
        var nl = Environment.NewLine;
        return new AkkaEqualException(
            "{0}", $"Assert.Equal() Failure: {hint}{nl}Expected: {expected ?? "(null)"}{nl}Actual:   {actual ?? "(null)"}");
    }
}
