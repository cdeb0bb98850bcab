using System.Collections.ObjectModel;
using System.Diagnostics;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>
/// The spans that an exporter has written, from a thread of its own. An instrumentation has one source in a process, and other tests have
/// servers of their own: so there may be more than one asked for.
/// </summary>
internal sealed class Spans : Collection<Activity>
{
    private readonly Lock _gate = new();

    public List<Activity> Of(Func<Activity, bool> which)
    {
        lock (_gate) return [.. Items.Where(which)];
    }

    protected override void InsertItem(int index, Activity item)
    {
        lock (_gate) base.InsertItem(index, item);
    }
}
