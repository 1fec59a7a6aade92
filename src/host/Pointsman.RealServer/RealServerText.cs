using System.Text.Json;

namespace Pointsman.RealServer;

/// <summary>A report for people, or for programs.</summary>
public static class RealServerText
{
    public static void Write(RealServerReport report, TextWriter output)
    {
        foreach (string line in report.Changed)
        {
            output.WriteLine(line);
        }

        foreach (string line in report.Notes)
        {
            output.WriteLine("note: " + line);
        }

        foreach (string line in report.Missing)
        {
            output.WriteLine("missing: " + line);
        }

        if (report.VirtualIps.IsEmpty)
        {
            output.WriteLine("not a real server");
        }
        else if (report.IsWhole)
        {
            output.WriteLine($"real server for {string.Join(", ", report.VirtualIps)}");
        }
    }

    public static string ToJson(RealServerReport report) =>
        JsonSerializer.Serialize(report, RealServerJson.Default.RealServerReport);
}
