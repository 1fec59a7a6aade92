using System.Buffers.Binary;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Tests;

/// <summary>What scenarios of scripts/record-ipvs name: the kinds of packets, and ranges of ends (tests/ipvs-machine/segment.c).</summary>
internal static class ScenarioWords
{
    private static readonly string s_folder = SourceTree.PathOf("tests", "Pointsman.Balance.Tests", "Recorded", "Ipvs");

    /// <summary>RFC 9260 §3.2, by their types.</summary>
    private static readonly string[] s_chunks =
    [
        "DATA", "INIT", "INIT-ACK", "SACK", "HEARTBEAT", "HEARTBEAT-ACK", "ABORT", "SHUTDOWN", "SHUTDOWN-ACK", "ERROR",
        "COOKIE-ECHO", "COOKIE-ACK", "ECNE", "CWR", "SHUTDOWN-COMPLETE",
    ];

    /// <summary>Names of the recordings.</summary>
    internal static IEnumerable<string> Names =>
        Directory.GetFiles(s_folder, "*.scenario").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    internal static IEnumerable<string> Scenario(string name) => File.ReadLines(Path.Combine(s_folder, $"{name}.scenario"));

    /// <summary>What the kernel did; or what ours is meant to do instead, where that file exists and says why.</summary>
    internal static IEnumerable<string> Expected(string name)
    {
        string ours = Path.Combine(s_folder, $"{name}.ours");
        string path = File.Exists(ours) ? ours : Path.Combine(s_folder, $"{name}.recorded");
        return File.ReadLines(path).Where(line => !line.StartsWith('#'));
    }

    /// <summary>What a sysctl of the kernel's IPVS is as a setting of each service.</summary>
    internal static ConnectionRules RuleOf(string sysctl, string value) => (sysctl, value) switch
    {
        ("conn_reuse_mode", "0") => ConnectionRules.ReuseChosen,
        ("conn_reuse_mode", "1") => ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed,
        ("conn_reuse_mode", "2" or "3") => ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed | ConnectionRules.ReuseFinWait,
        ("expire_nodest_conn", "1") => ConnectionRules.ExpireNodest,
        ("expire_quiescent_template", "1") => ConnectionRules.ExpireQuiescent,
        ("sloppy_tcp" or "sloppy_sctp", "1") => ConnectionRules.Sloppy,
        _ => throw new ArgumentException($"{sysctl} {value}"),
    };

    internal static TransportProtocol ProtocolOf(string kind) =>
        Array.IndexOf(s_chunks, kind.Split('+')[0]) >= 0 ? TransportProtocol.Sctp
            : kind == "U" ? TransportProtocol.Udp : TransportProtocol.Tcp;

    /// <summary>The types of an SCTP packet's chunks: one, or two with a plus between their names.</summary>
    internal static byte[] ChunksOf(string kind) => [.. kind.Split('+').Select(name => checked((byte)Array.IndexOf(s_chunks, name)))];

    /// <summary>"198.51.100.1-9:4000-4003" or "[2001:db8::1-1f]:4000-4003", the ports fastest.</summary>
    internal static IEnumerable<TransportEndpoint> Ends(string text)
    {
        int colon = text.LastIndexOf(':');
        string[] hosts = text[..colon].Trim('[', ']').Split('-'), ports = text[(colon + 1)..].Split('-');
        byte[] bytes = IpAddress.Parse(hosts[0]).ToBytes();
        int first = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(bytes.Length - 2));
        int last = hosts.Length == 1 ? first
            : text[0] == '[' ? int.Parse(hosts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : (first & 0xff00) | Number(hosts[1]);
        return from host in Enumerable.Range(first, last - first + 1)
               from port in Enumerable.Range(Number(ports[0]), Number(ports[^1]) - Number(ports[0]) + 1)
               select new TransportEndpoint(With(bytes, (ushort)host), (ushort)port);
    }

    internal static TransportEndpoint End(string text) => Ends(text).Single();

    internal static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IpAddress With(byte[] address, ushort lastTwoBytes)
    {
        byte[] bytes = [.. address];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - 2), lastTwoBytes);
        return IpAddress.FromBytes(bytes);
    }
}
