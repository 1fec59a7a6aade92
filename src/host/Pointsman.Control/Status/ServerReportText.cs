using System.Globalization;

namespace Pointsman.Control.Status;

/// <summary>What the checks of a real server have seen lately, as an operator reads it.</summary>
public static class ServerReportText
{
    /// <param name="colour">Only for a terminal.</param>
    public static void Write(ServerReports reports, TextWriter target, bool colour)
    {
        var ink = new StatusInk(colour);
        foreach ((int at, ServerReport report) in reports.Servers.Index())
        {
            target.Write(at == 0 ? "" : "\n");
            Write(report, target, ink);
        }
    }

    private static void Write(ServerReport report, TextWriter target, StatusInk ink)
    {
        RealServerStatus server = report.Server;
        string state = server.State == "up" ? ink.Good("up") : ink.Bad("DOWN");
        string since = server.SinceSeconds is { } seconds ? $" for {StatusFigures.Span(seconds)}" : "";
        target.Write($"{ink.Strong(server.Address)} of {report.Protocol} {report.VirtualServer}  {state}{since}  ({server.Reason})\n");
        target.Write($"  weight {StatusFigures.Plain(server.Weight)}{Order(server, ink)}  {server.Kind}  active {StatusFigures.Plain(server.Active)}"
            + $"  inactive {StatusFigures.Plain(server.Inactive)}  next hop {(server.Local ? "this node" : server.NextHop ?? ink.Warn("not resolved"))}\n");
        foreach (CheckReport check in report.Checks)
        {
            target.Write($"  {check.Method} of {check.Target}  {(check.Up ? ink.Good("up") : ink.Bad("DOWN"))}{(check.Results.IsEmpty ? "  not run yet" : "")}\n");
            var table = new StatusTable("AT", ">AGO", "RESULT", ">TOOK", "WHAT");
            foreach (ResultReport result in check.Results)
            {
                table.Add(
                    result.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
                    StatusFigures.Span(result.SecondsAgo),
                    result.Success ? ink.Good("ok") : ink.Bad("FAILED"),
                    string.Create(CultureInfo.InvariantCulture, $"{result.DurationMs:0.0} ms"),
                    result.Through is null ? result.Outcome : $"{result.Outcome} (through {result.Through})");
            }

            if (!check.Results.IsEmpty)
            {
                table.Write(target, indent: "    ");
            }
        }
    }

    private static string Order(RealServerStatus server, StatusInk ink) =>
        server.Order is { } order ? $" ({ink.Warn($"{order} by order")}; the file says {StatusFigures.Plain(server.ConfiguredWeight)})" : "";
}
