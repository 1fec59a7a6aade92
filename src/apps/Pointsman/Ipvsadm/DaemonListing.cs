using System.Collections.Immutable;
using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Control;
using Pointsman.Control.Status;

namespace Pointsman.App.Ipvsadm;

/// <summary><c>ipvsadm -L --daemon</c>: the synchronisation daemons, which are the daemon's own threads.</summary>
internal static class DaemonListing
{
    /// <summary>Those of the daemon; without one, none.</summary>
    internal static ImmutableArray<SynchronisationStatus> Ask(RunPaths paths)
    {
        if (ControlClient.TryRequest(
            paths.ControlSocket, new ControlRequest("status", []), ControlJson.Default.NodeStatus, out NodeStatus? status, out ControlFailure? failure))
        {
            return status.Synchronisation;
        }

        return failure is ControlFailure.NotRunning ? [] : throw new IpvsTablesException(failure.Message);
    }

    internal static void Write(ImmutableArray<SynchronisationStatus> daemons, TextWriter output)
    {
        foreach (SynchronisationStatus daemon in daemons)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{daemon.Role} sync daemon (mcast={daemon.Interface}, syncid={daemon.SyncId}, maxlen={daemon.MaxLengthBytes},"
                + $" group={daemon.Group}, port={daemon.Port}, ttl={daemon.TimeToLive})\n"));
        }
    }
}
