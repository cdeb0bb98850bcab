namespace RedisActors.Simulation;

/// <summary>
/// The supervisor and its connection actors: one link at a time; before the next one is used, the former connection is ended on
/// the server and the script is loaded.
/// </summary>
internal sealed class SupervisorModel(
    VirtualTime time, Chance chance, Plan plan, Account account, ModelServer server, CommandActorModel actor, Mutation mutation)
{
    private const double ConnectTimeout = 1500;
    private const long FenceAgain = 20_000;

    private ModelConnection? _unfenced;
    private int _epoch;
    private int _attempts;
    private bool _stopped;

    /// <summary>The link that commands go over at this moment.</summary>
    public SimulatedLink? Current { get; private set; }

    /// <summary>The next attempt that fails, or the next loss, is the last.</summary>
    public bool GivesUp { get; set; }

    public void Connect()
    {
        if (_stopped) return;
        if (server.Connect() is not { } connection)
        {
            Retry();
            return;
        }

        var link = new SimulatedLink(++_epoch, time, chance, account, mutation, connection, plan);
        var established = false;
        var over = false;
        link.Lost = cause => OnLost();
        time.After(VirtualTime.Milliseconds(ConnectTimeout), () =>
        {
            if (!established) link.Break("the attempt took too long");
        });
        if (_unfenced is { } former && mutation != Mutation.FenceOmitted)
        {
            RaiseFence(former);
        }
        else
        {
            LoadScript();
        }

        void RaiseFence(ModelConnection former) => link.Send(new SimulatedQuery("CLIENT", ["KILL", "ID", former.Id], reply =>
        {
            if (reply is { Kind: RespKind.Error } && mutation != Mutation.FenceRefusalIgnored)
            {
                time.After(FenceAgain, () => RaiseFence(former));
            }
            else if (reply is not null)
            {
                LoadScript();
            }
        }));

        void LoadScript() => link.Send(new SimulatedQuery("SCRIPT", ["LOAD", "script"], reply =>
        {
            if (reply is null || over || _stopped) return;
            established = true;
            _attempts = 0;
            _unfenced = connection;
            Current = link;
            actor.LinkUp(link);
        }));

        void OnLost()
        {
            if (over) return;
            over = true;
            link.Dispose();
            if (established)
            {
                Current = null;
                actor.LinkDown("the link was lost");
            }

            Retry();
        }
    }

    public void Stop()
    {
        _stopped = true;
        Current = null;
    }

    private void Retry()
    {
        if (GivesUp)
        {
            Stop();
            actor.NoMoreLinks();
            return;
        }

        _attempts++;
        time.After(chance.Spread(1, Math.Min(1000, 20 * (1 << Math.Min(_attempts, 8)))), Connect);
    }
}
