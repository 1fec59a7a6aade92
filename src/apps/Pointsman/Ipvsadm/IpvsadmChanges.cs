using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Control;
using Pointsman.Control.ByHand;
using Pointsman.Control.Status;
using Pointsman.Dataplane.Synchronisation;
using Pointsman.Engine.ByHand;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Changes go to the daemon: it keeps the ways to servers fresh, and what is set by hand over reloads. Nothing is changed
/// past it; while there is none, the tables themselves are changed.
/// </summary>
internal sealed class IpvsadmChanges(Func<ImmutableArray<string>, ImmutableArray<string>> ask)
{
    /// <summary>The synchronisation daemons that run now.</summary>
    internal Func<ImmutableArray<SynchronisationStatus>> Daemons { get; init; } = () => [];

    /// <summary>In one request; the daemon takes 16 kB, and a line is never longer than 120 bytes.</summary>
    private const int LinesEach = 100;

    /// <summary>A daemon that starts answers within this; one that does not may have lost its socket.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const int RetryMs = 50;

    /// <summary>
    /// Through a daemon's control socket, or without a daemon on the tables. Throws <see cref="IpvsTablesException"/> when neither
    /// can be.
    /// </summary>
    /// <param name="warn">Told of what was done and does not work.</param>
    internal static IpvsadmChanges Through(RunPaths paths, Action<string> warn) => new(lines =>
    {
        var answers = ImmutableArray.CreateBuilder<string>(lines.Length);
        var waited = Stopwatch.StartNew();
        while (answers.Count < lines.Length)
        {
            string[] some = [.. lines.Skip(answers.Count).Take(LinesEach)];
            if (ControlClient.TryRequest(
                paths.ControlSocket, new ControlRequest("by-hand", [.. some]), ControlJson.Default.HandAnswer, out HandAnswer? answer, out ControlFailure? failure))
            {
                answers.AddRange(answer.Refusals);
            }
            else if (failure is not ControlFailure.NotRunning)
            {
                throw new IpvsTablesException(failure.Message);
            }
            else if (TryWithout(paths, [.. lines.Skip(answers.Count)], warn) is { } done)
            {
                answers.AddRange(done);
            }
            else if (waited.Elapsed > Patience)
            {
                throw new IpvsTablesException($"process {PidFile.HolderOf(paths.TablesLock)} keeps the tables and does not answer");
            }
            else
            {
                Thread.Sleep(RetryMs);
            }
        }

        return answers.ToImmutable();
    })
    {
        Daemons = () => DaemonListing.Ask(paths),
    };

    /// <summary>On the tables themselves; null while a daemon, or another command, has them.</summary>
    private static ImmutableArray<string>? TryWithout(RunPaths paths, ImmutableArray<string> lines, Action<string> warn)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new IpvsTablesException("Permission denied (you must be root)");
        }

        try
        {
            Directory.CreateDirectory(paths.RunDirectory);
            if (PidFile.HolderOf(paths.PidFile) is not null)
            {
                return null;
            }

            using PidFile? alone = PidFile.TryAcquire(paths.TablesLock, out _);
            return alone is null ? null : new DirectTables(paths, warn).Carry(lines);
        }
        catch (Exception cannot) when (cannot is ErrnoException or IOException or UnauthorizedAccessException)
        {
            throw new IpvsTablesException(cannot.Message, cannot);
        }
    }

    /// <summary>A command line in numbers, for the daemon to read.</summary>
    internal static string Line(IpvsadmRequest request)
    {
        string service = request.Service switch
        {
            ServiceSelector.ByMark mark => string.Create(CultureInfo.InvariantCulture, $" -f {mark.Mark}{(mark.IsV6 ? " -6" : "")}"),
            { Name: var key } => $" {OptionOf(key.Protocol)} {key.Address}",
            null => "",
        };
        string server = request.Values.Server is { } end ? $" -r {end}" : "";
        return request.Command switch
        {
            IpvsadmCommand.AddService => $"-A{service}{ServiceOptions(request.Values)}",
            IpvsadmCommand.EditService => $"-E{service}{ServiceOptions(request.Values)}",
            IpvsadmCommand.DeleteService => $"-D{service}",
            IpvsadmCommand.Clear => "-C",
            IpvsadmCommand.Zero => $"-Z{service}",
            IpvsadmCommand.AddServer => $"-a{service}{server}{ServerOptions(request.Values)}",
            IpvsadmCommand.EditServer => $"-e{service}{server}{ServerOptions(request.Values)}",
            IpvsadmCommand.DeleteServer => $"-d{service}{server}",
            IpvsadmCommand.StartDaemon => $"--start-daemon {RoleName(request)}{SynchronisationOptions(request.Values.Synchronisation)}",
            IpvsadmCommand.StopDaemon => $"--stop-daemon {RoleName(request)}",
            IpvsadmCommand.SetTimeouts => string.Create(
                CultureInfo.InvariantCulture, $"--set {request.Timeouts[0]} {request.Timeouts[1]} {request.Timeouts[2]}"),
            _ => throw new System.Diagnostics.UnreachableException("that changes nothing"),
        };
    }

    /// <summary>Why this cannot be asked of the daemon at all; null: it can.</summary>
    internal static string? WhyNot(IpvsadmRequest request)
    {
        if (request.Command == IpvsadmCommand.Zero || request.SyncRole is not null)
        {
            return null;
        }

        return IpvsadmOrder.Of(request, out string? why) is null ? why : null;
    }

    /// <returns>A complaint for each line; empty: it was carried out.</returns>
    internal ImmutableArray<string> Carry(ImmutableArray<string> lines) => ask(lines);

    private static string ServiceOptions(IpvsadmValues values)
    {
        string persistence = values.PersistenceSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $" -p {seconds}{(values.Netmask is { } mask ? $" -M {mask}" : "")}")
            : "";
        string flags = values.Flags == 0 ? "" : $" -b {string.Join(',', values.FlagNames)}";
        string engine = values.PersistenceEngine is { } name ? $" --pe {name}" : "";
        return $" -s {values.Scheduler}{persistence}{engine}{(values.IsOnePacket ? " -o" : "")}{flags}";
    }

    private static string OptionOf(Base.TransportProtocol protocol) => protocol switch
    {
        Base.TransportProtocol.Tcp => "-t",
        Base.TransportProtocol.Udp => "-u",
        _ => "--sctp-service",
    };

    private static string RoleName(IpvsadmRequest request) => request.SyncRole == SyncRole.Master ? "master" : "backup";

    private static string SynchronisationOptions(SyncSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $" --mcast-interface {settings.Interface} --syncid {settings.SyncId}{(settings.MaxLengthBytes == 0 ? "" : $" --sync-maxlen {settings.MaxLengthBytes}")}"
        + $" --mcast-group {settings.Group} --mcast-port {settings.Port} --mcast-ttl {settings.TimeToLive}");

    private static string ServerOptions(IpvsadmValues values) => string.Create(
        CultureInfo.InvariantCulture, $" -{values.Method}{TunnelOptions(values)} -w {values.Weight} -x {values.UpperThreshold} -y {values.LowerThreshold}");

    private static string TunnelOptions(IpvsadmValues values) => (values.Method, values.Tunnel) switch
    {
        ('i', TunnelKind.Gue) => string.Create(CultureInfo.InvariantCulture, $" --tun-type gue --tun-port {values.TunnelPort}{ChecksumOption(values)}"),
        ('i', TunnelKind.Gre) => $" --tun-type gre{ChecksumOption(values)}",
        _ => "",
    };

    private static string ChecksumOption(IpvsadmValues values) => values.TunnelChecksum switch
    {
        TunnelChecksum.None => "",
        TunnelChecksum.Outer => " --tun-csum",
        TunnelChecksum.Remote => " --tun-remcsum",
        _ => throw new UnreachableException(),
    };
}
