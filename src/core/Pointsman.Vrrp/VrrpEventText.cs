using System.Diagnostics;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>Words an event as one log line. What operators grep keepalived's log for stays in it.</summary>
public static class VrrpEventText
{
    public static string Format(in VrrpEvent happened, VrrpRouterSettings settings)
    {
        VrrpInstanceSettings instance = settings.Instances[happened.Instance];
        return happened.Kind switch
        {
            VrrpEventKind.GroupSyncing =>
                Invariantly($"VRRP_Group({happened.Subject}) Syncing instances to {StateName(happened.To)} state"),
            VrrpEventKind.GroupStateChanged =>
                Invariantly($"VRRP_Group({happened.Subject}) all instances are in {StateName(happened.To)} state"),
            _ => Invariantly($"({instance.Name}) {Body(happened, instance)}"),
        };
    }

    /// <summary>The state in the capitals of keepalived's configuration and log.</summary>
    public static string StateName(VrrpState state) => state switch
    {
        VrrpState.Initialize => "INIT",
        VrrpState.Backup => "BACKUP",
        VrrpState.Master => "MASTER",
        VrrpState.Fault => "FAULT",
        VrrpState.Leaving => "LEAVING",
        _ => throw new UnreachableException(),
    };

    private static string Body(in VrrpEvent e, VrrpInstanceSettings instance) => e.Kind switch
    {
        VrrpEventKind.StateChanged => Invariantly($"Entering {StateName(e.To)} STATE ({Reason(e, instance)})"),
        VrrpEventKind.AdvertTimeout => "Receive advertisement timeout",
        VrrpEventKind.TakeoverPostponed =>
            Invariantly($"Receive advertisement timeout handled {Seconds(e.Duration)} late - listening again before taking over"),
        VrrpEventKind.PriorityZeroSent => "sent 0 priority",
        VrrpEventKind.PriorityZeroReceived => e.From == VrrpState.Master
            ? "Master received priority 0 advertisement"
            : "Backup received priority 0 advertisement",
        VrrpEventKind.StrayPriorityZeroReceived =>
            Invariantly($"Backup received priority 0 advertisement from {e.Source}, which is not the master - ignoring"),
        VrrpEventKind.LowerPriorityDiscarded =>
            Invariantly($"received lower priority ({e.Theirs}) advert from {e.Source} - discarding"),
        VrrpEventKind.PreemptionDelayed =>
            Invariantly($"start preempt delay ({Seconds(e.Duration)}): {e.Source} is master with lower priority {e.Theirs}, ours {e.Ours}"),
        VrrpEventKind.LowerPriorityAnswered => e.Theirs == e.Ours
            ? Invariantly($"Received advert from {e.Source} with same priority {e.Theirs} but lower IP address than ours, forcing new election")
            : Invariantly($"Received advert from {e.Source} with lower priority {e.Theirs}, ours {e.Ours}, forcing new election"),
        VrrpEventKind.HigherPriorityHeard =>
            Invariantly($"Master received advert from {e.Source} with higher priority {e.Theirs}, ours {e.Ours}"),
        VrrpEventKind.HigherAddressHeard =>
            Invariantly($"Master received advert from {e.Source} with same priority {e.Theirs} but higher IP address than ours"),
        VrrpEventKind.PriorityChanged => Invariantly($"Changing effective priority from {e.Theirs} to {e.Ours}"),
        VrrpEventKind.SettingAddresses => "setting VIPs.",
        VrrpEventKind.RemovingAddresses => "removing VIPs.",
        VrrpEventKind.Announcing => e.Address.IsV4
            ? Invariantly($"Sending/queueing gratuitous ARPs on {instance.InterfaceOf(e.Address)} for {e.Address}")
            : Invariantly($"Sending/queueing Unsolicited Neighbour Adverts on {instance.InterfaceOf(e.Address)} for {e.Address}"),
        VrrpEventKind.PacketDiscarded =>
            Invariantly($"received an invalid packet from {e.Source} on {instance.Interface}: {VrrpDiscardText.Format(e, instance)} - discarding"),
        VrrpEventKind.AddressCountMismatch =>
            Invariantly($"received an unexpected ip number count {e.Theirs}, expected {e.Ours}! (advert from {e.Source})"),
        VrrpEventKind.AddressMissing =>
            Invariantly($"ip address associated with VRID {instance.VirtualRouterId} not present in MASTER advert : {e.Address} (advert from {e.Source})"),
        VrrpEventKind.AdvertIntervalDiffers =>
            Invariantly($"advert interval of {e.Source} is {Seconds(e.Duration)}, ours {Seconds(instance.AdvertInterval)}: its own counts while it is master"),
        VrrpEventKind.ChecksumFormDiffers =>
            Invariantly($"checksums of {e.Source} are taken over {Checksummed(e.Theirs)}, ours over {Checksummed(e.Ours)}: both are accepted"),
        VrrpEventKind.RivalSeen => Invariantly($"{(e.To == VrrpState.Master ? "split brain" : "another master")}: {e.Subject}"),
        VrrpEventKind.RivalGone => Invariantly($"no other master is seen any more (it was {e.Subject})"),
        VrrpEventKind.TakeoverHeld =>
            Invariantly($"not taking over: {e.Address} is still answered for by {e.Subject} (split_brain {Word(instance.RivalPolicy)})"),
        VrrpEventKind.LastMasterAlive =>
            Invariantly($"{e.Source}, the last master, is silent, but its machine is alive: it answers {(e.Source.IsV4 ? "ARP" : "neighbour discovery")}"),
        VrrpEventKind.WaitingForScript => Invariantly($"waiting for the first result of script {e.Subject}"),
        VrrpEventKind.ActionFailed => Invariantly($"{Failure(e.FailedAction)} failed with errno {e.Errno}"),
        VrrpEventKind.GroupSyncing or VrrpEventKind.GroupStateChanged or VrrpEventKind.None => throw new UnreachableException("worded elsewhere, or nothing"),
        _ => throw new UnreachableException(),
    };

    private static string Reason(in VrrpEvent e, VrrpInstanceSettings instance) => e.Reason switch
    {
        VrrpReason.Started => "init",
        VrrpReason.Resumed => "restarted while the addresses were still ours",
        VrrpReason.AddressOwner => "priority 255 owns the addresses",
        VrrpReason.AdvertTimeout => "no master heard",
        VrrpReason.HigherPriorityHeard => Invariantly($"{e.Source} has priority {e.Theirs}, ours {e.Ours}"),
        VrrpReason.HigherAddressHeard => Invariantly($"{e.Source} has the same priority {e.Theirs} and a higher address"),
        VrrpReason.LinkDown => Invariantly($"interface {e.Subject} down"),
        VrrpReason.ScriptFailed => Invariantly($"script {e.Subject} failed"),
        VrrpReason.ProcessMissing => Invariantly($"process {e.Subject} missing"),
        VrrpReason.StaticMissing => Invariantly($"track_group {e.Subject} is not whole"),
        VrrpReason.PathDown => Invariantly($"BFD {e.Subject} down"),
        VrrpReason.FileSaysFault => Invariantly($"file {e.Subject} says fault"),
        VrrpReason.NoSourceAddress => Invariantly($"no {SourceKind(instance)} on interface {e.Subject}"),
        VrrpReason.NoPeers => "unicast_peer names nobody",
        VrrpReason.FaultCleared => "fault cleared",
        VrrpReason.Overslept => Invariantly($"nothing sent for {Seconds(e.Duration)}: another may be master by now"),
        VrrpReason.SyncGroup => Invariantly($"with sync group {e.Subject}"),
        VrrpReason.RivalAnswers => Invariantly($"{e.Address} is answered for by {e.Subject}, too: split_brain yield"),
        VrrpReason.Stopping => e.To == VrrpState.Leaving ? "stopping: serving until a successor is heard" : "stopped",
        VrrpReason.SuccessorHeard => Invariantly($"stopped: {e.Source} took over with priority {e.Theirs}"),
        VrrpReason.FarewellOver => "stopped: no successor heard",
        VrrpReason.TakingOver => "ordered to take over",
        VrrpReason.HandingOver => "ordered to hand over: serving until a successor is heard",
        VrrpReason.HandedOver => Invariantly($"handed over: {e.Source} took over with priority {e.Theirs}"),
        VrrpReason.NoSuccessor => "nobody to hand over to: serving on",
        VrrpReason.Maintenance => "maintenance ordered",
        VrrpReason.None => throw new UnreachableException("every change has a reason"),
        _ => throw new UnreachableException(),
    };

    private static string SourceKind(VrrpInstanceSettings instance) => instance switch
    {
        { AdvertSource: { } wanted } => $"{wanted}",
        { Family: IpFamily.V6, IsUnicast: false } => "IPv6 link-local address",
        { Family: IpFamily.V6 } => "IPv6 address",
        _ => "IPv4 address",
    };

    private static string Checksummed(int form) => (VrrpChecksumForm)form switch
    {
        VrrpChecksumForm.Message => "the message alone",
        VrrpChecksumForm.PseudoHeader => "the pseudo header, too",
        VrrpChecksumForm.PseudoHeaderOfGroup => "a pseudo header to the multicast group",
        _ => throw new UnreachableException(),
    };

    private static string Failure(VrrpActionKind kind) => kind switch
    {
        VrrpActionKind.SendAdvert => "sending an advert",
        VrrpActionKind.AddAddresses => "setting VIPs",
        VrrpActionKind.RemoveAddresses => "removing VIPs",
        VrrpActionKind.AnnounceAddresses => "sending gratuitous ARPs",
        VrrpActionKind.Arm => "arming the data path",
        VrrpActionKind.RenewLease => "renewing the ownership lease",
        VrrpActionKind.Disarm => "disarming the data path",
        VrrpActionKind.LearnPeer => "learning a peer",
        VrrpActionKind.ProbeAddress => "asking who answers for an address",
        VrrpActionKind.AskPeer => "asking whether the last master is alive",
        VrrpActionKind.Report => "reporting",
        VrrpActionKind.None => throw new UnreachableException("nothing cannot fail"),
        _ => throw new UnreachableException(),
    };

    private static string Word(RivalPolicy policy) => policy switch
    {
        RivalPolicy.Announce => "announce",
        RivalPolicy.Yield => "yield",
        RivalPolicy.Hold => "hold",
        _ => throw new UnreachableException(),
    };

    private static string Seconds(TimeSpan span) => Invariantly($"{span.TotalSeconds:0.###} s");

    private static string Invariantly(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
