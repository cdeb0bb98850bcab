#nullable disable // as Akka.TestKit
namespace Akka.TestKit;

/// <summary>How a test kit tells its test framework that something is not as expected.</summary>
public interface ITestKitAssertions
{
    void Fail(string format = "", params object[] args);

    void AssertTrue(bool condition, string format = "", params object[] args);

    void AssertFalse(bool condition, string format = "", params object[] args);

    void AssertEqual<T>(T expected, T actual, string format = "", params object[] args);

    void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args);
}

/// <summary>Marks a test kit in whose thread nothing is told in the name of its test actor.</summary>
public interface INoImplicitSender
{
}
