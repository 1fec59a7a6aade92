using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane.Synchronisation;

namespace Pointsman.App.Ipvsadm;

/// <summary>What the options of a change say; the defaults are ipvsadm's.</summary>
internal sealed record IpvsadmValues
{
    /// <summary>IPVS_SVC_PERSISTENT_TIMEOUT, for <c>-p</c> alone.</summary>
    private const int PersistenceDefaultSeconds = 360;

    /// <summary>A month: ipvsadm takes no longer timeout.</summary>
    private const int MaxTimeoutSeconds = 31 * 24 * 3600;

    private const int SyncMessageMostBytes = 65535 - 28;

    private const int InterfaceNameMost = 15;

    private string _flagNames = "";

    internal string Scheduler { get; private set; } = "wlc";

    internal int? PersistenceSeconds { get; private set; }

    /// <summary>Null: none was given; each client by itself.</summary>
    internal int? PersistencePrefixLength { get; private set; }

    /// <summary>Of a mask of IPv4 whose zeros do not all come last.</summary>
    internal uint PersistenceGaps { get; private set; }

    internal SchedulerFlags Flags { get; private set; }

    internal TransportEndpoint? Server { get; private set; }

    /// <summary>As it was typed behind <c>-M</c>, if at all.</summary>
    internal string? Netmask { get; private set; }

    internal IEnumerable<string> FlagNames => new (SchedulerFlags Bit, string Name)[]
    {
        (SchedulerFlags.First, "flag-1"), (SchedulerFlags.Second, "flag-2"), (SchedulerFlags.Third, "flag-3"),
    }.Where(flag => Flags.HasFlag(flag.Bit)).Select(flag => flag.Name);

    /// <summary>g, i or m.</summary>
    internal char Method { get; private set; } = 'g';

    internal TunnelKind Tunnel { get; private set; }

    /// <summary>0: none was given.</summary>
    internal ushort TunnelPort { get; private set; }

    internal TunnelChecksum TunnelChecksum { get; private set; }

    internal int Weight { get; private set; } = 1;

    internal int UpperThreshold { get; private set; }

    internal int LowerThreshold { get; private set; }

    internal bool IsOnePacket { get; private set; }

    internal string? PersistenceEngine { get; private set; }

    /// <summary>Of a synchronisation daemon.</summary>
    internal SyncSettings Synchronisation { get; private set; } = new("eth0");

    /// <summary>Null: the value is understood; else ipvsadm's complaint.</summary>
    /// <param name="service">Null while no service was given; a port by name needs its protocol.</param>
    internal string? Take(PoptStep.Given given, ServiceAddressParser addresses, ServiceSelector? service)
    {
        string text = given.Value ?? "";
        switch (given.Option.Id)
        {
            case IpvsadmOption.Scheduler:
                Scheduler = text;
                return null;
            case IpvsadmOption.Persistent:
                PersistenceSeconds = given.Value is null ? PersistenceDefaultSeconds : Number(text, 1, MaxTimeoutSeconds);
                return PersistenceSeconds is null ? $"invalid timeout value `{text}' specified" : null;
            case IpvsadmOption.Netmask:
                Netmask = text;
                return service is { Name.Address.Address.IsV4: false } ? TakePrefix(text) : TakeMask(text);
            case IpvsadmOption.SchedulerFlags:
                _flagNames = text;
                return null;
            case IpvsadmOption.RealServer:
                TransportProtocol protocol = (service as ServiceSelector.ByAddress)?.Key.Protocol ?? TransportProtocol.Tcp;
                Server = (addresses.ParseAddress(protocol, text) as ServiceSelector.ByAddress)?.Key.Address;
                return Server is null ? "illegal real server address[:port] specified" : null;
            case IpvsadmOption.ForwardingMethod:
                Method = given.Option.Short!.Value;
                return null;
            case IpvsadmOption.TunnelType:
                bool isKnown = text is "ipip" or "gue" or "gre";
                Tunnel = text == "gue" ? TunnelKind.Gue : text == "gre" ? TunnelKind.Gre : TunnelKind.Ipip;
                return isKnown ? null : "illegal tunnel type specified";
            case IpvsadmOption.TunnelPort:
                TunnelPort = (ushort)(Number(text, 1, ushort.MaxValue) ?? 0);
                return TunnelPort == 0 ? "illegal tunnel port specified" : null;
            case IpvsadmOption.TunnelNoChecksum or IpvsadmOption.TunnelChecksum or IpvsadmOption.TunnelRemoteChecksum:
                TunnelChecksum = given.Option.Id switch
                {
                    IpvsadmOption.TunnelChecksum => TunnelChecksum.Outer,
                    IpvsadmOption.TunnelRemoteChecksum => TunnelChecksum.Remote,
                    _ => TunnelChecksum.None,
                };
                return null;
            case IpvsadmOption.Weight:
                Weight = Number(text, 0, int.MaxValue) ?? -1;
                return Weight < 0 ? "illegal weight specified" : null;
            case IpvsadmOption.UpperThreshold:
                UpperThreshold = Number(text, 0, int.MaxValue) ?? -1;
                return UpperThreshold < 0 ? "illegal u_threshold specified" : null;
            case IpvsadmOption.LowerThreshold:
                LowerThreshold = Number(text, 0, int.MaxValue) ?? -1;
                return LowerThreshold < 0 ? "illegal l_threshold specified" : null;
            case IpvsadmOption.SyncId:
                Synchronisation = Synchronisation with { SyncId = (byte)(Number(text, 0, byte.MaxValue) ?? 0) };
                return Number(text, 0, byte.MaxValue) is null ? "illegal syncid specified" : null;
            case IpvsadmOption.SyncDaemon or IpvsadmOption.SyncMaxLength or IpvsadmOption.MulticastGroup
                or IpvsadmOption.MulticastPort or IpvsadmOption.MulticastTtl:
                return TakeSynchronisation(given.Option.Id, text);
            case IpvsadmOption.OnePacket:
                IsOnePacket = true;
                return null;
            case IpvsadmOption.PersistenceEngine:
                PersistenceEngine = text;
                return null;
            default:
                return null;
        }
    }

    private string? TakeSynchronisation(IpvsadmOption option, string text)
    {
        switch (option)
        {
            case IpvsadmOption.SyncMaxLength:
                int? lengthBytes = Number(text, 1, SyncMessageMostBytes);
                Synchronisation = Synchronisation with { MaxLengthBytes = lengthBytes ?? 0 };
                return lengthBytes is null ? "illegal sync-maxlen specified" : null;
            case IpvsadmOption.MulticastGroup:
                bool isGroup = IpAddress.TryParse(text, out IpAddress group) && group.IsMulticast;
                Synchronisation = isGroup ? Synchronisation with { Group = group } : Synchronisation;
                return isGroup ? null : $"invalid IPv{(text.Contains(':', StringComparison.Ordinal) ? 6 : 4)} mcast-group `{text}'";
            case IpvsadmOption.MulticastPort:
                int? port = Number(text, 1, ushort.MaxValue);
                Synchronisation = Synchronisation with { Port = (ushort)(port ?? 0) };
                return port is null ? "illegal mcast-port specified" : null;
            case IpvsadmOption.MulticastTtl:
                int? timeToLive = Number(text, 1, byte.MaxValue);
                Synchronisation = Synchronisation with { TimeToLive = (byte)(timeToLive ?? 0) };
                return timeToLive is null ? "illegal mcast-ttl specified" : null;
            default:
                // ipvsadm cuts a longer name.
                Synchronisation = Synchronisation with { Interface = text.Length > InterfaceNameMost ? text[..InterfaceNameMost] : text };
                return null;
        }
    }

    internal static int? Timeout(string text) => Number(text, 0, MaxTimeoutSeconds);

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number : null;

    /// <summary>
    /// Understands <c>-b</c>, once all options were read: the names of a scheduler's flags are no other's, and the scheduler may
    /// be named behind them.
    /// </summary>
    /// <returns>ipvsadm's complaint; null: they are understood.</returns>
    internal string? ReadFlags()
    {
        foreach (string flag in _flagNames.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            SchedulerFlags? known = flag switch
            {
                "flag-1" or "sh-fallback" or "mh-fallback" => SchedulerFlags.First,
                "flag-2" or "sh-port" or "mh-port" => SchedulerFlags.Second,
                "flag-3" => SchedulerFlags.Third,
                _ => null,
            };
            if (known is not { } bit)
            {
                return $"invalid scheduler flag `{flag}'";
            }

            if (flag[..2] is "sh" or "mh" && flag[..2] != Scheduler)
            {
                return $"incompatible scheduler flag `{flag}'";
            }

            Flags |= bit;
        }

        return null;
    }

    private string? TakePrefix(string text)
    {
        PersistencePrefixLength = Number(text, 1, 128);
        return PersistencePrefixLength is null ? "illegal ipv6 netmask specified" : null;
    }

    // Shorthand as of any address: a lone 24 is 0.0.0.24.
    private string? TakeMask(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return "illegal virtual server persistent mask specified";
        }

        var mask = V4Mask.FromBits(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()));
        PersistencePrefixLength = mask.Length;
        PersistenceGaps = mask.Gaps;
        return null;
    }
}
