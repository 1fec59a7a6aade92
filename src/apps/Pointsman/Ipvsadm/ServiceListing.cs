using System.Diagnostics;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>Writes services and their servers, column for column as ipvsadm 1.31 does, trailing blanks included.</summary>
internal sealed class ServiceListing(TextWriter output, EndpointNames names, ListingFormat format, bool exact)
{
    /// <summary>The version of the kernel's interface that the layout belongs to.</summary>
    internal const string IpvsVersion = "1.2.1";

    private const int ServiceWidth = 33;
    private const int ServerWidth = 28;

    internal void WriteVersion(int connectionTableSize) =>
        Line($"IP Virtual Server version {IpvsVersion} (size={connectionTableSize})");

    internal void WriteTitle()
    {
        const string services = "Prot LocalAddress:Port";
        const string servers = "  -> RemoteAddress:Port";
        switch (format)
        {
            case ListingFormat.Stats:
                Line($"{services,-33} {"Conns",8} {"InPkts",8} {"OutPkts",8} {"InBytes",8} {"OutBytes",8}");
                Line($"{servers}");
                break;
            case ListingFormat.Rate:
                Line($"{services,-33} {"CPS",8} {"InPPS",8} {"OutPPS",8} {"InBPS",8} {"OutBPS",8}");
                Line($"{servers}");
                break;
            case ListingFormat.Thresholds:
                Line($"{services,-33} {"Uthreshold",-10} {"Lthreshold",-10} {"ActiveConn",-10} {"InActConn",-10}");
                Line($"{servers}");
                break;
            case ListingFormat.PersistentConnections:
                Line($"{services,-33} {"Weight",-9} {"PersistConn",-11} {"ActiveConn",-10} {"InActConn",-10}");
                Line($"{servers}");
                break;
            case ListingFormat.TunnelInfo:
                Line($"{services} Scheduler Flags");
                Line($"{servers,-33} {"Forward",-7} {"TunnelInfo",-13} {"Weight",-6} {"ActiveConn",-10} InActConn");
                break;
            case ListingFormat.Plain:
                Line($"{services} Scheduler Flags");
                Line($"{servers,-33} {"Forward",-7} {"Weight",-6} {"ActiveConn",-10} InActConn");
                break;
            default:
                throw new UnreachableException();
        }
    }

    internal void Write(IpvsService service, IEnumerable<IpvsServer> servers)
    {
        TransportProtocol protocol = service.Key.Protocol;
        string name = service.Key.IsMark
            ? Invariant($"FWM  {service.Key.Address.Mark}{(service.Key.Address.Address.IsV4 ? "" : " IPv6")}")
            : $"{protocol.UpperCaseName(),-4} {Name(service.Key.Address, protocol, ServiceWidth)}";
        if (format is ListingFormat.Stats or ListingFormat.Rate)
        {
            Line($"{name,-ServiceWidth}{Figures(service.Counters)}");
        }
        else
        {
            Line($"{name} {service.Scheduler}{Flags(service)}{Persistence(service)}{(service.Flags.HasFlag(ServiceFlags.OnePacket) ? " ops" : "")}");
        }

        foreach (IpvsServer server in servers)
        {
            Line($"  -> {Name(server.Address, protocol, ServerWidth),-ServerWidth}{Columns(server)}");
        }
    }

    private static string Persistence(IpvsService service)
    {
        if (service.Persistence is not { } persistence)
        {
            return "";
        }

        string text = Invariant($" persistent {(long)persistence.Timeout.TotalSeconds}");
        string engine = service.Flags.HasFlag(ServiceFlags.Calls) ? $" pe {IpvsadmOrder.SipEngine}" : "";
        return persistence.Mask(service.Key.Address.Address) is { } mask ? $"{text} mask {mask}{engine}" : text + engine;
    }

    private static string Flags(IpvsService service) => FlagNames(service) is { Length: > 0 } names ? $" ({names})" : "";

    /// <summary>Joined by commas; sh and mh have names for theirs.</summary>
    internal static string FlagNames(IpvsService service)
    {
        bool isNamed = service.Scheduler is "sh" or "mh";
        var names = new List<string>();
        Add(ServiceFlags.Fallback, isNamed ? $"{service.Scheduler}-fallback" : "flag-1");
        Add(ServiceFlags.Port, isNamed ? $"{service.Scheduler}-port" : "flag-2");
        Add(ServiceFlags.Third, "flag-3");
        return string.Join(',', names);

        void Add(ServiceFlags flag, string text)
        {
            if (service.Flags.HasFlag(flag))
            {
                names.Add(text);
            }
        }
    }

    private static string MethodName(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Masquerade => "Masq",
        ForwardingMethod.Local => "Local",
        ForwardingMethod.Tunnel => "Tunnel",
        ForwardingMethod.DirectRoute => "Route",
        _ => throw new UnreachableException(),
    };

    private string Columns(IpvsServer server)
    {
        string connections = Invariant($" {server.Active,-10} {server.Inactive,-10}");
        return format switch
        {
            ListingFormat.Stats or ListingFormat.Rate => Figures(server.Counters),
            ListingFormat.Thresholds => Invariant($" {server.UpperThreshold,-10} {server.LowerThreshold,-10}{connections}"),
            ListingFormat.PersistentConnections =>
                Invariant($" {server.Weight,-9} {server.PersistentConnections,-11}{connections}"),
            ListingFormat.TunnelInfo =>
                Invariant($" {MethodName(server.Method),-7} {TunnelName(server),-13} {server.Weight,-6}{connections}"),
            ListingFormat.Plain => Invariant($" {MethodName(server.Method),-7} {server.Weight,-6}{connections}"),
            _ => throw new UnreachableException(),
        };
    }

    private static string TunnelName(IpvsServer server) => (server.Method, server.Tunnel) switch
    {
        (not ForwardingMethod.Tunnel, _) => "n/a",
        (_, TunnelKind.Gue) => Invariant($"gue:{server.TunnelPort}:{ChecksumSign(server.TunnelChecksum)}"),
        (_, TunnelKind.Gre) => $"gre:{ChecksumSign(server.TunnelChecksum)}",
        _ => "ipip",
    };

    private static string ChecksumSign(TunnelChecksum checksum) => checksum switch
    {
        TunnelChecksum.None => "-c",
        TunnelChecksum.Outer => "+c",
        TunnelChecksum.Remote => "r+c",
        _ => throw new UnreachableException(),
    };

    private string Figures(IpvsCounters counters) => string.Concat(
        LargeNumber.Format(counters.Connections, exact),
        LargeNumber.Format(counters.PacketsIn, exact),
        LargeNumber.Format(counters.PacketsOut, exact),
        LargeNumber.Format(counters.BytesIn, exact)) + LargeNumber.Format(counters.BytesOut, exact);

    // A long IPv4 host name is cut to keep the columns; an IPv6 address is worth more than they are.
    private string Name(TransportEndpoint endpoint, TransportProtocol protocol, int width)
    {
        string name = names.Format(endpoint, protocol);
        return endpoint.Address.IsV4 && name.Length > width ? name[..width] : name;
    }

    private void Line(FormattableString text) => output.Write(Invariant(text) + "\n");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
