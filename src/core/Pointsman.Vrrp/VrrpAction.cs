using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>One thing an instance asks of the world. A list of them is in the order they must happen.</summary>
/// <param name="Instance">Index of the instance.</param>
public readonly record struct VrrpAction(VrrpActionKind Kind, int Instance)
{
    /// <summary>For <see cref="VrrpActionKind.SendAdvert"/>.</summary>
    public byte Priority { get; init; }

    /// <summary>For <see cref="VrrpActionKind.AnnounceAddresses"/>.</summary>
    public int Repeat { get; init; }

    /// <summary>For <see cref="VrrpActionKind.LearnPeer"/> and <see cref="VrrpActionKind.AskPeer"/>; the virtual address of <see cref="VrrpActionKind.ProbeAddress"/>.</summary>
    public IpAddress PeerAddress { get; init; }

    /// <summary>For <see cref="VrrpActionKind.LearnPeer"/>.</summary>
    public MacAddress PeerMac { get; init; }

    /// <summary>For <see cref="VrrpActionKind.Report"/>.</summary>
    public VrrpEvent Event { get; init; }

    public static VrrpAction SendAdvert(int instance, byte priority) =>
        new(VrrpActionKind.SendAdvert, instance) { Priority = priority };

    public static VrrpAction AddAddresses(int instance) => new(VrrpActionKind.AddAddresses, instance);

    public static VrrpAction RemoveAddresses(int instance) => new(VrrpActionKind.RemoveAddresses, instance);

    public static VrrpAction AnnounceAddresses(int instance, int repeat) =>
        new(VrrpActionKind.AnnounceAddresses, instance) { Repeat = repeat };

    public static VrrpAction Arm(int instance) => new(VrrpActionKind.Arm, instance);

    public static VrrpAction RenewLease(int instance) => new(VrrpActionKind.RenewLease, instance);

    public static VrrpAction Disarm(int instance) => new(VrrpActionKind.Disarm, instance);

    public static VrrpAction LearnPeer(int instance, IpAddress address, MacAddress mac) =>
        new(VrrpActionKind.LearnPeer, instance) { PeerAddress = address, PeerMac = mac };

    public static VrrpAction ProbeAddress(int instance, IpAddress address) =>
        new(VrrpActionKind.ProbeAddress, instance) { PeerAddress = address };

    public static VrrpAction AskPeer(int instance, IpAddress address, MacAddress mac) =>
        new(VrrpActionKind.AskPeer, instance) { PeerAddress = address, PeerMac = mac };

    public static VrrpAction Report(VrrpEvent happened) =>
        new(VrrpActionKind.Report, happened.Instance) { Event = happened };
}
