using System.Globalization;
using System.Text;

namespace Pointsman.Lab.Views;

/// <summary><c>lab status</c> for people: one line per machine.</summary>
internal static class StatusText
{
    internal static string Of(LabStatus status)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"lab {status.Lab} (directors: {(status.Director == DirectorKind.Pointsman ? "pointsman" : "keepalived")})");
        foreach (NodeStatus node in status.Nodes)
        {
            string services = string.Join(", ", node.Services.Select(service => service.Running ? service.Name : service.Name + " DOWN"));
            string holds = node.VirtualAddresses.Count == 0 ? "" : "  holds " + string.Join(", ", node.VirtualAddresses);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {node.Name,-8} {node.Address,-15} pid {node.Pid,-8} {services}{holds}");
        }

        text.Append(status.Faults.Count == 0 ? "no faults" : "faults: " + string.Join("; ", status.Faults));
        return text.ToString();
    }

    internal static string Of(TrafficCount count)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"frames to the virtual IPs: {count.FromClient} from the client, {count.OnTheWire} on the wire");
        foreach (ForwardedFrames pair in count.Forwarded)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {pair.Receiver} received {pair.Frames} from {pair.Sender}");
        }

        return text.Append("handed to: ").AppendJoin(", ", count.Delivered.Select(node => $"{node.Node} {node.Frames}")).ToString();
    }
}
