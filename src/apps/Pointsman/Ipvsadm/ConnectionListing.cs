using System.Globalization;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>Writes the connection table, column for column as <c>ipvsadm -Lc</c> does.</summary>
internal static class ConnectionListing
{
    /// <param name="withEngines"><c>--persistent-conn</c>: also by what a persistence engine knows a template.</param>
    internal static void Write(IEnumerable<IpvsConnection> connections, EndpointNames names, bool withEngines, TextWriter output)
    {
        output.Write("IPVS connection entries\n");
        output.Write($"pro expire {"state",-11} {"source",-18} {"virtual",-18} ");
        output.Write(withEngines ? $"{"destination",-18} {"pe name",-16} pe_data\n" : "destination\n");
        foreach (IpvsConnection found in connections)
        {
            // IPVS keeps the template of a mark under an address of that number, of no protocol and without ports.
            bool isMark = found.Virtual.Mark != 0;
            IpvsConnection connection = isMark
                ? found with { Virtual = new TransportEndpoint(OfMark(found.Virtual), 0), Server = found.Server with { Port = 0 } }
                : found;
            string client = names.Format(connection.Client, connection.Protocol);
            string service = names.Format(connection.Virtual, connection.Protocol);
            string server = names.Format(connection.Server, connection.Protocol);
            string protocol = isMark ? "IP" : connection.Protocol.UpperCaseName();
            output.Write($"{protocol,-3} {Clock(connection.ExpiresIn),-6} {connection.State,-11} {client,-18} {service,-18} ");
            // Other widths than the title's, as ipvsadm has it.
            output.Write(withEngines && connection.CallId is { } call ? $"{server,-16} {IpvsadmOrder.SipEngine,-18} {call}\n" : $"{server}\n");
        }
    }

    private static IpAddress OfMark(TransportEndpoint mark) =>
        mark.Address.IsV4 ? IpAddress.FromV4Bits(mark.Mark) : IpAddress.FromV6Bits((UInt128)mark.Mark << 96);

    // Minutes are not folded into hours: a persistence of a day reads 1440:00.
    private static string Clock(TimeSpan left)
    {
        long seconds = Math.Max(0, (long)left.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:00}:{seconds % 60:00}");
    }
}
