using Microsoft.Extensions.Logging;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Engine;
using Pointsman.Linux.Network;

namespace Pointsman.App.Run;

/// <summary>
/// The dead man's switch of a node that balances nothing. VRRP does not hang on it: where it cannot be had, that is said
/// once, and stands in the status.
/// </summary>
internal sealed class GuardPart(RunPaths paths, ILogger log) : IDisposable
{
    private readonly RouteClient _routes = new();
    private AddressGuard? _guard;
    private string? _fault;

    internal bool IsOpen => _guard is not null;

    /// <summary>Loads it where it is wanted; taken away it is by <see cref="Run"/>, after the leases are no more asked for.</summary>
    internal void Open(Configuration configuration)
    {
        if (_guard is not null || !IsWanted(configuration))
        {
            return;
        }

        try
        {
            _guard = AddressGuard.Open(paths.PinDirectory);
            _fault = null;
        }
        catch (DataplaneException refused)
        {
            Tell(refused.Message);
        }
    }

    /// <summary>Guards what this configuration holds. <see cref="Open"/> comes first.</summary>
    internal void Run(Configuration configuration)
    {
        if (_guard is not null && !IsWanted(configuration))
        {
            _guard.Purge();
            Close();
        }

        if (_guard is null)
        {
            return;
        }

        try
        {
            _guard.Guard(new OwnershipMap(configuration).Addresses);
        }
        catch (DataplaneException refused)
        {
            Tell(refused.Message);
        }

        KeepHouse(configuration);
    }

    /// <summary>Interfaces come and go.</summary>
    internal void KeepHouse(Configuration configuration)
    {
        try
        {
            _guard?.Attach(InterfaceChoice.Holding(configuration, _routes.Links()));
        }
        catch (DataplaneException refused)
        {
            Tell(refused.Message);
        }
    }

    internal DeadMansSwitchStatus Status(Configuration configuration)
    {
        List<NetworkLink> links = _routes.Links();
        IReadOnlyList<AttachedInterface> attached = _guard?.Interfaces ?? [];
        string state = !configuration.Global.DeadMansSwitch ? "off" : attached.Count > 0 ? "on" : "unavailable";
        return new DeadMansSwitchStatus
        {
            State = state,
            Why = state switch
            {
                "off" => "the configuration says so",
                "on" => "",
                _ => _fault ?? "none of the interfaces is there",
            },
            Interfaces = [.. attached.Select(one => InterfaceChoice.Describe(one, links))],
        };
    }

    internal void Purge() => _guard?.Purge();

    /// <summary>Lets go of it; what is pinned goes on, or is another's now.</summary>
    internal void Close()
    {
        _guard?.Dispose();
        _guard = null;
        _fault = null;
    }

    public void Dispose()
    {
        Close();
        _routes.Dispose();
    }

    private static bool IsWanted(Configuration configuration) =>
        configuration.Global.DeadMansSwitch && !configuration.Instances.IsEmpty;

    private void Tell(string fault)
    {
        if (_fault != fault)
        {
            _fault = fault;
            Log.NoDeadMansSwitch(log, fault);
        }
    }
}
