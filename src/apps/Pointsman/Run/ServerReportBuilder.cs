using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine;
using Pointsman.Health;

namespace Pointsman.App.Run;

/// <summary>Puts what the checks of a real server have seen into a report.</summary>
internal static class ServerReportBuilder
{
    /// <param name="status">Where the figures of the servers stand already.</param>
    /// <param name="server">As the operator typed it.</param>
    internal static ControlReply Answer(string server, NodeStatus status, DirectorSurvey survey, Instant now)
    {
        if (!EndpointPattern.TryParse(server, out EndpointPattern pattern))
        {
            return ControlReply.Error(ControlError.BadRequest, $"'{server}' is no address of a real server, such as 10.0.0.2 or 10.0.0.2:80");
        }

        var reports = ImmutableArray.CreateBuilder<ServerReport>();
        Configuration configuration = survey.Configuration;
        for (int v = 0; v < configuration.VirtualServers.Length; v++)
        {
            VirtualServerConfig owner = configuration.VirtualServers[v];
            for (int r = 0; r < owner.RealServers.Length; r++)
            {
                if (pattern.Fits(owner.RealServers[r].Address))
                {
                    reports.Add(new ServerReport
                    {
                        VirtualServer = owner.Name,
                        Protocol = StatusBuilder.ProtocolOf(owner),
                        Server = status.VirtualServers[v].RealServers[r],
                        Checks = [.. survey.Services[v].Servers[r].Health.Checks.Select(check => Check(check, now))],
                    });
                }
            }
        }

        return reports.Count == 0
            ? ControlReply.Error(ControlError.Failed, $"no virtual_server has a real_server {server}")
            : ControlReply.Ok(new ServerReports(reports.ToImmutable()), ControlJson.Default.ServerReports);
    }

    private static CheckReport Check(CheckStatus check, Instant now) => new()
    {
        Method = check.Method,
        Target = check.Target.ToString(),
        Up = check.IsUp,
        Results = [.. check.History.Reverse().Select(result => new ResultReport
        {
            At = DateTimeOffset.Now - (now - result.At),
            SecondsAgo = (now - result.At).TotalSeconds,
            DurationMs = result.Duration.TotalMilliseconds,
            Success = result.Outcome.IsSuccess,
            Outcome = result.Outcome is ProbeOutcome.Success success ? success.What : result.Outcome.Reason,
            Through = result.Outcome.Way?.Through?.ToString(),
        })],
    };
}
