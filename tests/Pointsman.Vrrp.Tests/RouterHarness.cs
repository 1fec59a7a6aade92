using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Tests;

/// <summary>One router with a clock of its own; adverts are made from words and arrive as bytes.</summary>
internal sealed class RouterHarness
{
    public static readonly IpAddress Own = IpAddress.Parse("10.0.0.5");
    public static readonly IpAddress Lower = IpAddress.Parse("10.0.0.1");
    public static readonly IpAddress Higher = IpAddress.Parse("10.0.0.9");
    public static readonly IpAddress OwnV6 = IpAddress.Parse("fe80::5");
    public static readonly IpAddress HigherV6 = IpAddress.Parse("fe80::9");
    public static readonly IpAddress Vip = IpAddress.Parse("10.0.0.100");

    public RouterHarness(params VrrpInstanceSettings[] instances)
        : this(new VrrpRouterSettings { Instances = [.. instances] })
    {
    }

    public RouterHarness(VrrpRouterSettings settings)
    {
        Router = new VrrpRouter(settings);
        for (int i = 0; i < settings.Instances.Length; i++)
        {
            Router.OnSourceAddress(Now, i, settings.Instances[i].Family == IpFamily.V4 ? Own : OwnV6, Actions);
        }
    }

    public VrrpRouter Router { get; }

    public Instant Now { get; private set; }

    /// <summary>The actions of the last input.</summary>
    public List<VrrpAction> Actions { get; } = [];

    /// <summary>The actions of the last input, without what is only told.</summary>
    public IEnumerable<VrrpActionKind> Deeds =>
        Actions.Where(action => action.Kind != VrrpActionKind.Report).Select(action => action.Kind);

    public IEnumerable<string> Log => Actions
        .Where(action => action.Kind == VrrpActionKind.Report)
        .Select(action => VrrpEventText.Format(action.Event, Router.Settings));

    public VrrpState State => Router.Instances[0].State;

    public static VrrpInstanceSettings Instance(string name = "VI_1", byte priority = 100) => new()
    {
        Name = name,
        Interface = "eth0",
        VirtualRouterId = (byte)(50 + int.Parse(name.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture)),
        Priority = priority,
        VirtualAddresses = [Vip],
    };

    /// <summary>Version 3, ten adverts a second.</summary>
    public static VrrpInstanceSettings Fast(string name = "VI_1", byte priority = 100) => Instance(name, priority) with
    {
        Version = 3, AdvertInterval = TimeSpan.FromMilliseconds(100), ChecksumForm = VrrpChecksumForm.PseudoHeader,
    };

    public static VrrpInstanceSettings OverIpv6(string name = "VI_1", byte priority = 100) => Fast(name, priority) with
    {
        Family = IpFamily.V6, VirtualAddresses = [IpAddress.Parse("fe80::100"), IpAddress.Parse("2001:db8::100")],
    };

    public static VrrpRouterSettings Group(params VrrpInstanceSettings[] members) => new()
    {
        Instances = [.. members],
        SyncGroups = [new VrrpSyncGroupSettings("VG_1", [.. members.Select(member => member.Name)])],
    };

    /// <summary>Adverts of version 2, one a second.</summary>
    public static AdvertPace EachSecond { get; } = new(2, TimeSpan.FromSeconds(1));

    public static byte[] Advert(VrrpInstanceSettings settings, byte priority, IpAddress? from = null)
    {
        var path = new PacketPath(from ?? Higher, settings.Group);
        ImmutableArray<IpAddress> addresses = settings.VirtualAddresses;
        var advert = new VrrpAdvert
        {
            VirtualRouterId = settings.VirtualRouterId,
            Priority = priority,
            Version = settings.Version,
            Family = settings.Family,
            AdvertInterval = settings.AdvertInterval,
            ChecksumForm = settings.ChecksumForm,
            AuthType = settings.AuthPass is null ? VrrpAuthType.None : VrrpAuthType.SimplePassword,
            AddressBytes = addresses.SelectMany(address => address.ToBytes()).ToArray(),
            AuthData = VrrpAdvert.EncodePassword(settings.AuthPass ?? ""),
        };
        var bytes = new byte[advert.LengthBytes];
        advert.Write(path, bytes);
        return bytes;
    }

    public static MacAddress MacOf(IpAddress address) => new(0x0200_0000_0000UL + (uint)(address.GetHashCode() & 0xffff));

    /// <summary>The IP packet a node with these settings sends.</summary>
    public static byte[] Packet(VrrpInstanceSettings settings, byte priority, IpAddress from, uint sequence = 0)
    {
        var router = new VrrpRouter(new VrrpRouterSettings { Instances = [settings] });
        router.OnSourceAddress(default, 0, from, []);
        router.SkipSequencesTo(sequence);
        var packet = new byte[2048];
        int lengthBytes = router.WriteAdvertPacket(
            VrrpAction.SendAdvert(0, priority), router.Instances[0].AdvertTargets[0], packet);
        return packet[..lengthBytes];
    }

    public RouterHarness Start(params bool[] resume) => Do(actions => Router.Start(Now, resume, actions));

    public RouterHarness Stop() => Do(actions => Router.Stop(Now, actions));

    public RouterHarness Script(string name, bool isUp) => Do(actions => Router.OnTrackResult(Now, name, isUp, actions));

    public RouterHarness Link(string name, bool isUp) => Do(actions => Router.OnLink(Now, name, isUp, actions));

    public RouterHarness SourceAddress(IpAddress address) => Do(actions => Router.OnSourceAddress(Now, 0, address, actions));

    public RouterHarness Fail(VrrpActionKind kind, int errno = 1) =>
        Do(actions => Router.OnActionFailed(Now, new VrrpAction(kind, 0), errno, actions));

    public RouterHarness Arp(IpAddress address, ulong mac) => Do(actions => Router.OnClaim(Now, address, new MacAddress(mac), actions));

    public RouterHarness HearOtherRouterId(byte[] bytes, IpAddress from)
    {
        Actions.Clear();
        var packet = new ReceivedAdvert
        {
            Source = from, SourceMac = MacOf(from), TimeToLive = 255, Bytes = bytes,
        };
        Router.OnOtherRouterId(Now, "eth0", packet, Actions);
        return this;
    }

    public RouterHarness Hear(byte priority, IpAddress from, int instance = 0) =>
        Hear(Advert(Router.Instances[instance].Settings, priority, from), from, instance);

    public RouterHarness Hear(byte[] bytes, IpAddress from, int instance = 0, byte timeToLive = 255)
    {
        Actions.Clear();
        var packet = new ReceivedAdvert
        {
            Source = from, SourceMac = MacOf(from), TimeToLive = timeToLive, Bytes = bytes,
        };
        Router.OnAdvert(Now, instance, packet, Actions);
        return this;
    }

    /// <summary>Hears a message with an authentication header before it.</summary>
    public void HearAuthenticated(byte[] bytes, IpAddress from)
    {
        Actions.Clear();
        var packet = new ReceivedAdvert
        {
            Source = from, SourceMac = MacOf(from), TimeToLive = 255, Bytes = bytes, Authenticated = bytes,
        };
        Router.OnAdvert(Now, 0, packet, Actions);
    }

    /// <summary>As the host does: takes the packet apart and finds the instance. False when there is none.</summary>
    public bool TryHearPacket(byte[] bytes)
    {
        Actions.Clear();
        Assert.Equal(VrrpPacketError.None, VrrpPacket.TryParse(bytes, out VrrpPacket packet));
        if (!Router.TryFindInstance("eth0", packet, out int instance))
        {
            return false;
        }

        Router.OnAdvert(Now, instance, ReceivedAdvert.From(packet, MacOf(packet.Path.Source)), Actions);
        return true;
    }

    /// <summary>Lets time pass, serving each deadline when it is due; keeps the actions of all of them.</summary>
    public RouterHarness Advance(TimeSpan span, Action? afterEach = null)
    {
        Actions.Clear();
        Instant end = Now + span;
        while (Router.Deadline is { } due && due <= end)
        {
            Now = due > Now ? due : Now;
            Router.OnDeadline(Now, Actions);
            afterEach?.Invoke();
        }

        Now = end;
        return this;
    }

    public RouterHarness Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets time pass without serving anything.</summary>
    public RouterHarness Sleep(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>Starts and waits until it is master, undisturbed.</summary>
    public RouterHarness StartAsMaster()
    {
        Start();
        return Advance(Router.Instances[0].MasterDownTime);
    }

    private RouterHarness Do(Action<List<VrrpAction>> input)
    {
        Actions.Clear();
        input(Actions);
        return this;
    }
}
