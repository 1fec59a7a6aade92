using System.CommandLine;

namespace Pointsman.App;

/// <summary>The program's own command line: one verb, one file.</summary>
internal static class PointsmanCommand
{
    internal static int Run(string[] args)
    {
        var root = new RootCommand("Pointsman: virtual IPs, health checks and load balancing from one keepalived.conf.");
        return root.Parse(args).Invoke();
    }
}
