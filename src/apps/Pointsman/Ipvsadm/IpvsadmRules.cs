using System.Collections.Frozen;
using Id = Pointsman.App.Ipvsadm.IpvsadmOption;

namespace Pointsman.App.Ipvsadm;

/// <summary>Which options a command must and may have, and what complaints call it.</summary>
internal sealed record IpvsadmRules(string Name, FrozenSet<Id> Must, FrozenSet<Id> May)
{
    private static readonly Id[] ServiceOptions =
        [Id.Scheduler, Id.Persistent, Id.Netmask, Id.OnePacket, Id.PersistenceEngine, Id.SchedulerFlags, Id.Ipv6];

    private static readonly Id[] ServerOptions =
    [
        Id.ForwardingMethod, Id.Weight, Id.UpperThreshold, Id.LowerThreshold, Id.TunnelType, Id.TunnelPort, Id.TunnelNoChecksum,
        Id.TunnelChecksum, Id.TunnelRemoteChecksum, Id.Ipv6,
    ];

    internal static IpvsadmRules Of(IpvsadmCommand command) => command switch
    {
        IpvsadmCommand.AddService => Make("add-service", [Id.ServiceAddress], ServiceOptions),
        IpvsadmCommand.EditService => Make("edit-service", [Id.ServiceAddress], ServiceOptions),
        IpvsadmCommand.DeleteService => Make("delete-service", [Id.ServiceAddress], [Id.Ipv6]),
        IpvsadmCommand.Clear => Make("flush", [], []),
        IpvsadmCommand.AddServer => Make("add-server", [Id.ServiceAddress, Id.RealServer], ServerOptions),
        IpvsadmCommand.EditServer => Make("edit-server", [Id.ServiceAddress, Id.RealServer], ServerOptions),
        IpvsadmCommand.DeleteServer => Make("delete-server", [Id.ServiceAddress, Id.RealServer], [Id.Ipv6]),
        IpvsadmCommand.Zero => Make("zero", [], [Id.ServiceAddress, Id.Ipv6]),
        IpvsadmCommand.Restore => Make("restore", [], []),
        IpvsadmCommand.Save => Make("save", [], [Id.Numeric]),
        IpvsadmCommand.SetTimeouts => Make("set", [], []),
        IpvsadmCommand.StartDaemon => Make("start-daemon", [], [Id.SyncDaemon, Id.SyncId, Id.SyncMaxLength, Id.MulticastGroup, Id.MulticastPort, Id.MulticastTtl]),
        IpvsadmCommand.StopDaemon => Make("stop-daemon", [], [Id.SyncId]),
        _ => throw new System.Diagnostics.UnreachableException("the list command has rules of its own"),
    };

    /// <summary>The first complaint, in the order of ipvsadm's options; null: all is well.</summary>
    internal IpvsadmRefusal? Check(IReadOnlySet<Id> given)
    {
        foreach (Id id in Enum.GetValues<Id>())
        {
            if (Must.Contains(id) && !given.Contains(id))
            {
                return new IpvsadmRefusal($"You need to supply the '{IpvsadmSyntax.NameOf(id)}' option for the '{Name}' command", IpvsadmRefusal.Usage);
            }

            if (given.Contains(id) && !Must.Contains(id) && !May.Contains(id))
            {
                return new IpvsadmRefusal($"Illegal '{IpvsadmSyntax.NameOf(id)}' option with the '{Name}' command", IpvsadmRefusal.Usage);
            }
        }

        return null;
    }

    private static IpvsadmRules Make(string name, Id[] must, Id[] may) => new(name, must.ToFrozenSet(), may.ToFrozenSet());
}
