using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests;

public sealed class CoordinatedShutdownTests : ActorSpec
{
    private readonly ConcurrentQueue<string> _ran = new();

    private CoordinatedShutdown Shutting => CoordinatedShutdown.Get(Sys);

    [Fact]
    public async Task Phases_run_in_their_documented_order()
    {
        string[] phases =
        [
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
            CoordinatedShutdown.PhaseServiceUnbind,
            CoordinatedShutdown.PhaseServiceRequestsDone,
            CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeClusterShutdown,
            CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
            CoordinatedShutdown.PhaseClusterLeave,
            CoordinatedShutdown.PhaseClusterExiting,
            CoordinatedShutdown.PhaseClusterExitingDone,
            CoordinatedShutdown.PhaseClusterShutdown,
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
            CoordinatedShutdown.PhaseActorSystemTerminate,
        ];
        foreach (var phase in phases.Reverse())
        {
            Add(phase, phase);
        }

        await RunAsync();

        Assert.Equal(phases, _ran);
    }

    [Fact]
    public void The_phase_names_are_those_of_the_configuration()
    {
        Assert.Equal("before-service-unbind", CoordinatedShutdown.PhaseBeforeServiceUnbind);
        Assert.Equal("service-stop", CoordinatedShutdown.PhaseServiceStop);
        Assert.Equal("before-actor-system-terminate", CoordinatedShutdown.PhaseBeforeActorSystemTerminate);
        Assert.Equal("actor-system-terminate", CoordinatedShutdown.PhaseActorSystemTerminate);
        Assert.True(Sys.Settings.Config.HasPath("akka.coordinated-shutdown.phases.service-stop"));
    }

    [Fact]
    public async Task A_phase_waits_for_all_its_tasks_before_the_next_begins()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Shutting.AddTask(CoordinatedShutdown.PhaseServiceStop, "slow", async () =>
        {
            begun.SetResult();
            await gate.Task;
            _ran.Enqueue("slow");
            return Done.Instance;
        });
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "next");

        var run = Shutting.Run(CoordinatedShutdown.UnknownReason.Instance);
        await begun.Task.WaitAsync(Patience);
        Assert.Empty(_ran);
        gate.SetResult();
        await run.WaitAsync(Patience);

        Assert.Equal(["slow", "next"], _ran);
    }

    [Fact]
    public async Task Tasks_of_one_phase_run_side_by_side()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Shutting.AddTask(CoordinatedShutdown.PhaseServiceStop, "first", async () =>
        {
            first.SetResult();
            await second.Task.WaitAsync(Patience);
            _ran.Enqueue("first");
            return Done.Instance;
        });
        Shutting.AddTask(CoordinatedShutdown.PhaseServiceStop, "second", async () =>
        {
            second.SetResult();
            await first.Task.WaitAsync(Patience);
            _ran.Enqueue("second");
            return Done.Instance;
        });

        await RunAsync();

        Assert.Equal(["first", "second"], _ran.Order());
    }

    [Fact]
    public async Task A_task_that_fails_does_not_keep_the_others_from_running()
    {
        Shutting.AddTask(
            CoordinatedShutdown.PhaseServiceUnbind,
            "fails",
            () => Task.FromException<Done>(new InvalidOperationException("asked to")));
        Add(CoordinatedShutdown.PhaseServiceUnbind, "sibling");
        Add(CoordinatedShutdown.PhaseServiceStop, "later");

        await RunAsync();

        Assert.Equal(["sibling", "later"], _ran);
    }

    [Fact]
    public async Task The_system_is_terminated_in_the_end()
    {
        await RunAsync();

        await Sys.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public async Task Actors_are_alive_until_the_last_phase()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)));
        Shutting.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "ask", async () =>
        {
            _ran.Enqueue(await echo.Ask<string>("alive", Patience));
            return Done.Instance;
        });

        await RunAsync();

        Assert.Equal(["alive"], _ran);
    }

    [Fact]
    public async Task Running_twice_runs_the_tasks_once_and_keeps_the_first_reason()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "once");

        await Task.WhenAll(
            Shutting.Run(CoordinatedShutdown.ClrExitReason.Instance),
            Shutting.Run(CoordinatedShutdown.UnknownReason.Instance)).WaitAsync(Patience);

        Assert.Equal(["once"], _ran);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Shutting.ShutdownReason);
    }

    [Fact]
    public void Before_it_runs_there_is_no_reason() => Assert.Null(Shutting.ShutdownReason);

    [Fact]
    public async Task It_may_begin_at_a_later_phase()
    {
        Add(CoordinatedShutdown.PhaseServiceUnbind, "skipped");
        Add(CoordinatedShutdown.PhaseServiceStop, "run");
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "run too");

        await Shutting.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop).WaitAsync(Patience);

        Assert.Equal(["run", "run too"], _ran);
    }

    [Fact]
    public void A_phase_that_is_not_there_is_refused() =>
        Assert.Throws<ConfigurationException>(() => Add("no-such-phase", "task"));

    [Fact]
    public async Task Terminate_runs_the_phases_too()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "run");

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal(["run"], _ran);
        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, Shutting.ShutdownReason);
    }

    [Fact]
    public void There_is_one_per_system() => Assert.Same(CoordinatedShutdown.Get(Sys), CoordinatedShutdown.Get(Sys));

    private void Add(string phase, string name) => Shutting.AddTask(phase, name, () =>
    {
        _ran.Enqueue(name);
        return Task.FromResult(Done.Instance);
    });

    private Task RunAsync() => Shutting.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Patience);
}

public sealed class CoordinatedShutdownTimeoutTests() : ActorSpec(
    "akka.coordinated-shutdown.phases.service-stop.timeout = 100ms")
{
    [Fact]
    public async Task A_task_that_takes_too_long_is_left_behind()
    {
        var ran = new TaskCompletionSource();
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "never ends", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "next", () =>
        {
            ran.SetResult();
            return Task.FromResult(Done.Instance);
        });

        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Patience);

        await ran.Task.WaitAsync(Patience);
        Assert.Equal(TimeSpan.FromMilliseconds(100), shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop));
    }
}
