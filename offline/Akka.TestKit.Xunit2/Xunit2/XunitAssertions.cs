#nullable disable // as Akka.TestKit.Xunit2
using System.Globalization;
using Akka.TestKit.Xunit2.Internals;
using Xunit;

namespace Akka.TestKit.Xunit2;

public class XunitAssertions : ITestKitAssertions
{
    public void Fail(string format = "", params object[] args) => Assert.Fail(Format(format, args));

    public void AssertTrue(bool condition, string format = "", params object[] args)
    {
        if (!condition)
            Assert.True(condition, Format(format, args));
    }

    public void AssertFalse(bool condition, string format = "", params object[] args)
    {
        if (condition)
            Assert.False(condition, Format(format, args));
    }

    public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args) =>
        AssertEqual(expected, actual, Same, format, args);

    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args)
    {
        if (!comparer(expected, actual))
            throw AkkaEqualException.ForMismatchedValues(expected, actual, Format(format, args));
    }

    private static bool Same<T>(T expected, T actual)
    {
        if (expected is not System.Collections.IEnumerable || expected is string)
            return EqualityComparer<T>.Default.Equals(expected, actual);

        // Collections are the same when their elements are; xUnit knows how to compare those.
        try
        {
            Assert.Equal(expected, actual);
            return true;
        }
        catch (Xunit.Sdk.EqualException)
        {
            return false;
        }
    }

    private static string Format(string format, object[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
}
