using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Dataplane.Tracing;

namespace Pointsman.App.Trace;

/// <summary>A packet as an operator types it: <c>tcp,src=192.0.2.9:4000,dst=192.168.1.200:80,flags=ack,in=eth0</c>.</summary>
/// <param name="Interface">That it comes in by; null: where its address stands.</param>
internal sealed record PacketSpec(TracePacket Packet, string? Interface)
{
    private const string Form = "tcp|udp|sctp,src=ADDRESS[:PORT],dst=ADDRESS:PORT[,flags=syn+ack+fin+rst+psh][,chunk=init|data|shutdown|...][,in=INTERFACE][,mac=MAC][,ttl=N][,size=BYTES][,mark=N]";

    /// <summary>A client's port, where none is typed.</summary>
    private const ushort UsualPort = 40000;

    private const int SizeMost = 9000;

    internal static bool TryParse(string text, [NotNullWhen(true)] out PacketSpec? spec, [NotNullWhen(false)] out string? why)
    {
        spec = null;
        string[] parts = text.Split(',');
        if (!Enum.TryParse(parts[0], ignoreCase: true, out TransportProtocol protocol) || !Enum.IsDefined(protocol))
        {
            why = $"'{parts[0]}' is neither tcp, udp nor sctp; a packet is {Form}";
            return false;
        }

        var reader = new PacketSpecReader();
        foreach (string part in parts[1..])
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            why = equals < 0 ? $"'{part}' has no value" : reader.Take(part[..equals], part[(equals + 1)..]);
            if (why is not null)
            {
                why += $"; a packet is {Form}";
                return false;
            }
        }

        why = reader.Source is null || reader.Target is null ? $"src and dst are needed; a packet is {Form}"
            : reader.Source.Value.Address.Family != reader.Target.Value.Address.Family ? "src and dst are of different families"
            : null;
        if (why is not null)
        {
            return false;
        }

        spec = new PacketSpec(reader.Fill(new TracePacket(protocol, reader.Source!.Value, reader.Target!.Value)), reader.Interface);
        return true;
    }

    private sealed class PacketSpecReader
    {
        private Func<TracePacket, TracePacket> _fill = packet => packet;

        internal TransportEndpoint? Source { get; private set; }

        internal TransportEndpoint? Target { get; private set; }

        internal string? Interface { get; private set; }

        internal TracePacket Fill(TracePacket packet) => _fill(packet);

        /// <returns>What is wrong; null: nothing.</returns>
        internal string? Take(string name, string value)
        {
            switch (name)
            {
                case "src":
                    bool isSource = Run.EndpointPattern.TryParse(value, out Run.EndpointPattern source);
                    Source = new TransportEndpoint(source.Address, source.Port ?? UsualPort);
                    return isSource ? null : $"'{value}' is no address";
                case "dst":
                    bool isTarget = Run.EndpointPattern.TryParse(value, out Run.EndpointPattern target) && target.Port is not null;
                    Target = new TransportEndpoint(target.Address, target.Port ?? 0);
                    return isTarget ? null : $"'{value}' is no address with a port";
                case "in":
                    Interface = value;
                    return null;
                case "mac":
                    bool isMac = MacAddress.TryParse(value, out MacAddress mac);
                    Then(packet => packet with { SourceMac = mac });
                    return isMac ? null : $"'{value}' is no Ethernet address";
                case "ttl":
                    bool isTtl = byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out byte ttl);
                    Then(packet => packet with { Ttl = ttl });
                    return isTtl ? null : $"'{value}' is no number up to 255";
                case "mark":
                    bool isMark = uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint mark) && mark is > 0 and <= TracePacket.HighestMark;
                    Then(packet => packet with { Mark = mark });
                    return isMark ? null : $"'{value}' is no mark from 1 to {TracePacket.HighestMark}";
                case "size":
                    bool isSize = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size <= SizeMost;
                    Then(packet => packet with { PayloadBytes = size });
                    return isSize ? null : $"'{value}' is no number up to {SizeMost}";
                case "chunk":
                    byte? chunk = SctpChunks.TypeOf(value);
                    Then(packet => packet with { Chunk = chunk ?? 0 });
                    return chunk is null ? $"'{value}' is no chunk of SCTP" : null;
                case "flags":
                    byte? flags = Flags(value);
                    Then(packet => packet with { TcpFlags = flags ?? 0 });
                    return flags is null ? $"'{value}' are not flags of TCP" : null;
                default:
                    return $"there is no '{name}'";
            }
        }

        private void Then(Func<TracePacket, TracePacket> change)
        {
            Func<TracePacket, TracePacket> before = _fill;
            _fill = packet => change(before(packet));
        }

        private static byte? Flags(string text)
        {
            byte flags = 0;
            foreach (string name in text.Split('+'))
            {
                byte? bit = name switch { "fin" => 0x01, "syn" => 0x02, "rst" => 0x04, "psh" => 0x08, "ack" => 0x10, _ => null };
                if (bit is null)
                {
                    return null;
                }

                flags |= bit.Value;
            }

            return flags;
        }
    }
}
