using Pointsman.Control.Status;

namespace Pointsman.Control.Tests;

/// <summary><c>pointsman status RS</c>, as it is read.</summary>
public sealed class ServerReportTextTests
{
    [Fact]
    public void Report_Written_HasTheExactFailures()
    {
        var at = new DateTimeOffset(2026, 11, 21, 14, 5, 1, 250, TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 21)));
        var report = new ServerReport
        {
            VirtualServer = "10.0.0.1:80",
            Protocol = "TCP",
            Server = new RealServerStatus
            {
                Address = "10.0.0.2:80", State = "down", SinceSeconds = 61, Reason = "status 503, expected 200-299", Weight = 0, ConfiguredWeight = 3,
                Order = "drained", Kind = "DR", Active = 4, Inactive = 1, NextHop = "02:00:00:00:00:02",
            },
            Checks =
            [
                new CheckReport
                {
                    Method = "HTTP_CHECK", Target = "10.0.0.2:80",
                    Results =
                    [
                        new ResultReport { At = at, SecondsAgo = 2, DurationMs = 1.24, Outcome = "/: status 503, expected 200-299" },
                        new ResultReport { At = at.AddSeconds(-6), SecondsAgo = 8, DurationMs = 0.9, Success = true, Outcome = "status 200", Through = "10.0.0.1:80" },
                    ],
                },
                new CheckReport { Method = "TCP_CHECK", Target = "10.0.0.2:8080", Up = true },
            ],
        };
        var text = new StringWriter();
        ServerReportText.Write(new ServerReports([report]), text, colour: false);
        Assert.Equal(
            """
            10.0.0.2:80 of TCP 10.0.0.1:80  DOWN for 1m 01s  (status 503, expected 200-299)
              weight 0 (drained by order; the file says 3)  DR  active 4  inactive 1  next hop 02:00:00:00:00:02
              HTTP_CHECK of 10.0.0.2:80  DOWN
                AT            AGO  RESULT    TOOK  WHAT
                14:05:01.250   2s  FAILED  1.2 ms  /: status 503, expected 200-299
                14:04:55.250   8s  ok      0.9 ms  status 200 (through 10.0.0.1:80)
              TCP_CHECK of 10.0.0.2:8080  up  not run yet

            """,
            text.ToString(),
            ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData("drained", "up", 0, "drained")]
    [InlineData("drained", "up", 2, "draining")]
    [InlineData("drained until 2026-05-01 12:01:00", "up", 2, "draining")]
    [InlineData("drained until 2026-05-01 12:01:00", "up", 0, "drained")]
    [InlineData("disabled", "up", 2, "disabled")]
    [InlineData("weight 5", "up", 2, "up")]
    [InlineData("drained", "down", 2, "DOWN")]
    public void OrderedServer_InTheStatus_SaysSoWithTheFilesWeight(string order, string state, int connections, string shown)
    {
        var node = new NodeStatus
        {
            VirtualServers =
            [
                new VirtualServerStatus
                {
                    Address = "10.0.0.1:80", Protocol = "TCP",
                    RealServers = [new RealServerStatus { Address = "10.0.0.2:80", State = state, Order = order, Inactive = connections, ConfiguredWeight = 3, Reason = "refused" }],
                },
            ],
        };
        var text = new StringWriter();
        StatusText.Write(node, text, colour: false);
        string line = text.ToString().Split('\n').Single(row => row.StartsWith("  10.0.0.2:80", StringComparison.Ordinal));
        Assert.StartsWith($"  10.0.0.2:80  {shown} ", line, StringComparison.Ordinal);
        Assert.Contains($"{order} by order (the file: weight 3)", line, StringComparison.Ordinal);
        Assert.Equal(order == "disabled" || state == "down", text.ToString().Contains("no real server is up", StringComparison.Ordinal));
    }
}
