using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>Parents with a given strategy, and children that fail when they are told to.</summary>
public abstract class SupervisionSpec : ActorSpec
{
    protected static OneForOneStrategy OneForOne(Directive directive) => new(_ => directive);

    protected static Props Parent(SupervisorStrategy strategy) => Scripted.Props(a =>
    {
        a.Strategy = strategy;
        a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
    });

    protected static Props Counting() => Scripted.Props(a =>
    {
        var count = 0;
        a.On<Exception>(e => throw e);
        a.On<string>(m =>
        {
            switch (m)
            {
                case "add":
                    count++;
                    break;
                case "fail":
                    throw new InvalidOperationException("asked to");
                case "count":
                    a.Reply(count);
                    break;
            }
        });
    });

    protected Task<IActorRef> ChildOf(SupervisorStrategy strategy, Props child) => ChildOf(Sys.ActorOf(Parent(strategy)), child);

    protected static Task<IActorRef> ChildOf(IActorRef parent, Props child) => parent.Ask<IActorRef>(child, Patience);
}
