using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pointsman.Base;
using Pointsman.Control.Status;
using Pointsman.Vrrp.Watch;
using Pointsman.Wire;

namespace Pointsman.App.Mastership;

/// <summary>Who speaks VRRP on the wire, for reading or as JSON.</summary>
internal static class WatchTable
{
    internal static void Write(AdvertTable table, Instant now, TextWriter target, bool colour)
    {
        var ink = new StatusInk(colour);
        var rows = new StatusTable("INTERFACE", ">VRID", "FROM", ">PRIO", "V", ">EVERY", ">SEEN", "AUTH", "ADDRESSES", "SAYS");
        foreach (HeardRouter row in table.Rows)
        {
            rows.Add(
                row.Interface,
                StatusFigures.Plain(row.VirtualRouterId),
                row.IsOwn ? $"{row.Source} (this node)" : $"{row.Source} {ink.Quiet(row.Mac.ToString())}",
                StatusFigures.Plain(row.Priority),
                row.Version == 0 ? "-" : StatusFigures.Plain(row.Version),
                StatusFigures.Span(row.AdvertInterval.TotalSeconds),
                StatusFigures.Span((row.MeasuredInterval ?? TimeSpan.Zero).TotalSeconds),
                Auth(row.AuthType),
                string.Join(",", row.Addresses),
                Colour(ink, row, table, now));
        }

        rows.Write(target, indent: "");
        if (table.Rows.Count == 0)
        {
            target.Write("nothing heard yet: no master speaks here, or a firewall or switch keeps VRRP (IP protocol 112, 224.0.0.18, ff02::12) away\n");
        }

        if (table.Overlooked > 0)
        {
            target.Write($"{StatusFigures.Plain(table.Overlooked)} packets from more senders than can be kept ({StatusFigures.Plain(AdvertTable.Capacity)})\n");
        }
    }

    internal static string WriteJson(AdvertTable table, Instant now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (HeardRouter row in table.Rows)
            {
                json.WriteStartObject();
                json.WriteString("interface", row.Interface);
                json.WriteNumber("virtualRouterId", row.VirtualRouterId);
                json.WriteString("source", row.Source.ToString());
                json.WriteString("mac", row.Mac.ToString());
                json.WriteBoolean("own", row.IsOwn);
                json.WriteString("destination", row.Destination.ToString());
                json.WriteNumber("timeToLive", row.TimeToLive);
                json.WriteNumber("version", row.Version);
                json.WriteNumber("priority", row.Priority);
                json.WriteNumber("advertIntervalSeconds", row.AdvertInterval.TotalSeconds);
                if (row.MeasuredInterval is { } measured)
                {
                    json.WriteNumber("measuredIntervalSeconds", measured.TotalSeconds);
                }

                json.WriteString("authentication", Auth(row.AuthType));
                json.WriteStartArray("addresses");
                foreach (IpAddress address in row.Addresses)
                {
                    json.WriteStringValue(address.ToString());
                }

                json.WriteEndArray();
                json.WriteNumber("adverts", row.Count);
                json.WriteNumber("lastSecondsAgo", (now - row.LastAt).TotalSeconds);
                json.WriteBoolean("speaks", row.SpeaksAt(now));
                json.WriteString("says", Says(row, table, now));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Colour(StatusInk ink, HeardRouter row, AdvertTable table, Instant now)
    {
        string says = Says(row, table, now);
        return row.Error != VrrpParseError.None || (row.SpeaksAt(now) && table.MastersBeside(row, now) > 1) ? ink.Bad(says)
            : row.SpeaksAt(now) ? ink.Good(says)
            : ink.Quiet(says);
    }

    private static string Says(HeardRouter row, AdvertTable table, Instant now) => row switch
    {
        { Error: not VrrpParseError.None } => $"no sound advert: {JsonNamingPolicy.KebabCaseLower.ConvertName(row.Error.ToString())}",
        { Priority: 0 } => $"left {Ago(row, now)}",
        _ when !row.SpeaksAt(now) => $"silent, last heard {Ago(row, now)}",
        _ when table.MastersBeside(row, now) > 1 =>
            $"master, and not alone: {StatusFigures.Plain(table.MastersBeside(row, now))} speak for virtual router {StatusFigures.Plain(row.VirtualRouterId)}",
        { TimeToLive: not 255 } when row.Destination.IsMulticast => string.Create(
            CultureInfo.InvariantCulture, $"master, with TTL {row.TimeToLive}: it came over a router, or is forged"),
        _ => "master",
    };

    private static string Ago(HeardRouter row, Instant now) => $"{StatusFigures.Span((now - row.LastAt).TotalSeconds)} ago";

    private static string Auth(VrrpAuthType type) => type switch
    {
        VrrpAuthType.None => "none",
        VrrpAuthType.SimplePassword => "PASS",
        VrrpAuthType.AuthenticationHeader => "AH",
        _ => StatusFigures.Plain((byte)type),
    };
}
