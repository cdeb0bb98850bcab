using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

public sealed class LoggingTests() : ActorSpec("akka.loglevel = DEBUG")
{
    [Theory]
    [InlineData(LogLevel.DebugLevel, typeof(Debug))]
    [InlineData(LogLevel.InfoLevel, typeof(Info))]
    [InlineData(LogLevel.WarningLevel, typeof(Warning))]
    [InlineData(LogLevel.ErrorLevel, typeof(Error))]
    public async Task Each_level_is_an_event_of_its_own_on_the_event_stream(LogLevel level, Type type)
    {
        Sys.EventStream.Subscribe(TestActor, type);
        var log = Logging.GetLogger(Sys, "a test");

        log.Log(level, "hello");

        var logged = await OfThisTestAsync();
        Assert.IsType(type, logged);
        Assert.Equal(level, logged.LogLevel());
        Assert.Equal("hello", logged.Message.ToString());
    }

    [Fact]
    public async Task Arguments_are_put_into_the_message()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        var log = Logging.GetLogger(Sys, "a test");

        log.Info("epoch {0} after {1}: {0}", 3, "lost");

        Assert.Equal("epoch 3 after lost: 3", (await OfThisTestAsync()).Message.ToString());
    }

    [Theory]
    [InlineData("a {0}", 1)]
    [InlineData("a {0} {1}", 2)]
    [InlineData("a {0} {1} {2}", 3)]
    [InlineData("a {0} {1} {2} {3}", 4)]
    [InlineData("a {0} {1} {2} {3} {4}", 5)]
    public async Task Any_number_of_arguments_is_taken(string format, int count)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var log = Logging.GetLogger(Sys, "a test");

        log.Warning(format, Enumerable.Range(1, count).Cast<object>().ToArray());

        Assert.Equal($"a {string.Join(' ', Enumerable.Range(1, count))}", (await OfThisTestAsync()).Message.ToString());
    }

    [Fact]
    public async Task Braces_without_arguments_stay_as_they_are()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));

        Logging.GetLogger(Sys, "a test").Info("a { b }");

        Assert.Equal("a { b }", (await OfThisTestAsync()).Message.ToString());
    }

    [Fact]
    public async Task The_cause_goes_with_the_event()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var cause = new InvalidOperationException("cause");

        Logging.GetLogger(Sys, "a test").Error(cause, "failed {0} times", 2);

        var logged = await OfThisTestAsync();
        Assert.Same(cause, logged.Cause);
        Assert.Equal("failed 2 times", logged.Message.ToString());
        Assert.Contains("failed 2 times", logged.ToString());
    }

    [Fact]
    public async Task The_logger_of_an_actor_names_its_path_and_class()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        var actor = Start(a => a.On<string>(m => a.Ctx.GetLogger().Info(m)), "talker");

        actor.Tell("hello from me");

        var logged = (LogEvent)await FishForMessageAsync(m => m is Info i && i.Message.ToString() == "hello from me");
        Assert.Contains("/user/talker", logged.LogSource);
        Assert.Equal(typeof(Scripted), logged.LogClass);
    }

    [Fact]
    public async Task The_failure_of_an_actor_is_logged_with_its_exception()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var actor = Start(a => a.FailsAndPings(), "failing");

        actor.Tell(new InvalidOperationException("asked to"));

        var logged = await ExpectMsgAsync<Error>();
        Assert.IsType<InvalidOperationException>(logged.Cause);
        Assert.Contains("failing", logged.LogSource);
        Assert.Contains("asked to", logged.Message.ToString());
    }

    [Fact]
    public async Task A_supervisor_without_logging_does_not_log_the_failure_of_its_child()
    {
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(-1, -1, _ => Directive.Restart, loggingEnabled: false);
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
        });
        var child = await parent.Ask<IActorRef>(Scripted.Props(a => a.FailsAndPings()), Patience);
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        child.Tell(new InvalidOperationException("asked to"));
        child.Tell("ping", TestActor);

        await ExpectMsgAsync("pong");
    }

    [Fact]
    public async Task Who_subscribed_to_LogEvent_receives_every_level()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        var log = Logging.GetLogger(Sys, "a test");

        log.Debug("1");
        log.Error("2");

        Assert.Equal("1", (await OfThisTestAsync()).Message.ToString());
        Assert.Equal("2", (await OfThisTestAsync()).Message.ToString());
    }

    private async Task<LogEvent> OfThisTestAsync() =>
        (LogEvent)await FishForMessageAsync(m => m is LogEvent e && e.LogSource.Contains("a test"));
}

public sealed class LogLevelTests() : ActorSpec("akka.loglevel = WARNING")
{
    [Fact]
    public async Task What_is_below_the_level_is_not_published()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        var log = Logging.GetLogger(Sys, "a test");

        log.Debug("no");
        log.Info("no");
        log.Warning("yes");
        log.Error("yes too");

        Assert.Equal("yes", (await ExpectMsgAsync<Warning>()).Message.ToString());
        Assert.Equal("yes too", (await ExpectMsgAsync<Error>()).Message.ToString());
    }

    [Fact]
    public void The_adapter_tells_what_is_enabled()
    {
        var log = Logging.GetLogger(Sys, "a test");

        Assert.False(log.IsDebugEnabled);
        Assert.False(log.IsInfoEnabled);
        Assert.True(log.IsWarningEnabled);
        Assert.True(log.IsErrorEnabled);
        Assert.False(log.IsEnabled(LogLevel.InfoLevel));
        Assert.True(log.IsEnabled(LogLevel.ErrorLevel));
    }
}

/// <summary>A logger of one's own is an actor that is named in the configuration.</summary>
public sealed class CustomLoggerTests
{
    [Fact]
    public async Task A_logger_named_in_the_configuration_receives_what_is_logged()
    {
        var system = ActorSystem.Create(
            "logging",
            $"""
            akka.stdout-loglevel = OFF
            akka.loglevel = INFO
            akka.loggers = ["{typeof(Recorder).AssemblyQualifiedName}"]
            """);

        Logging.GetLogger(system, "a test").Info("recorded {0}", 1);
        Logging.GetLogger(system, "a test").Debug("not recorded");

        var logged = await Recorder.First.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("recorded 1", logged);
        await system.Terminate();
    }

    private sealed class Recorder : ReceiveActor
    {
        public static readonly TaskCompletionSource<string> First = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Recorder()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(e => e.LogSource.Contains("a test"), e => { First.TrySetResult(e.Message.ToString()!); });
            ReceiveAny(_ => { });
        }
    }
}
