using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Control;
using Pointsman.Control.ByHand;
using Pointsman.Control.Status;
using Pointsman.Health;
using Pointsman.PathWatch.Messages;
using Pointsman.Probes;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>What other threads post to the engine's thread.</summary>
internal abstract record DaemonEvent
{
    private DaemonEvent()
    {
    }

    internal sealed record ProbeFinished(ProbeId Id, ProbeOutcome Outcome) : DaemonEvent;

    /// <summary>The ways to servers that have changed.</summary>
    internal sealed record ServersReachable(ImmutableArray<(IpAddress Server, Reachability Way)> Ways) : DaemonEvent;

    /// <summary>From the VRRP role.</summary>
    internal sealed record RoleSaid(RoleEvent What) : DaemonEvent;

    /// <summary>A track script turned.</summary>
    internal sealed record ScriptTurned(TrackScriptEvent What) : DaemonEvent;

    /// <summary>The number in a tracked file.</summary>
    internal sealed record FileRead(string Name, int Number) : DaemonEvent;

    /// <summary>A tracked process runs as often as it should, or no longer.</summary>
    internal sealed record LinkBeat(string Interface, bool Carries) : DaemonEvent;

    internal sealed record ProcessTurned(string Name, bool IsUp, int Count) : DaemonEvent;

    /// <summary>From the process that watches paths by BFD.</summary>
    internal sealed record PathWatchSaid(WatchEvent What) : DaemonEvent;

    /// <summary>A line for the log from another thread, so that lines stay in order.</summary>
    internal sealed record Line(string Text) : DaemonEvent;

    internal sealed record StatusAsked(TaskCompletionSource<ControlReply> Answer) : DaemonEvent;

    /// <summary>An operator orders instances about; without a name, all of them.</summary>
    internal sealed record OrderAsked(VrrpOrder What, string? Name, TaskCompletionSource<ControlReply> Answer) : DaemonEvent;

    /// <summary>An operator orders real servers about.</summary>
    internal sealed record ServerOrderAsked(ImmutableArray<string> Arguments, TaskCompletionSource<ControlReply> Answer) : DaemonEvent;

    /// <summary>What the checks of a real server have seen.</summary>
    internal sealed record ServerReportAsked(string Server, TaskCompletionSource<ControlReply> Answer) : DaemonEvent;

    /// <summary>Changes by hand, in ipvsadm's words.</summary>
    internal sealed record HandOrdersAsked(ImmutableArray<string> Lines, TaskCompletionSource<HandAnswer> Answer) : DaemonEvent;

    internal sealed record ReloadAsked(ReloadRequest Request) : DaemonEvent;

    /// <summary>What was asked for was read, on another thread.</summary>
    internal sealed record ConfigurationRead(ConfigurationReading Reading) : DaemonEvent;

    /// <summary>The configuration in force is to be written to a file, or what the instances have counted.</summary>
    internal sealed record DumpAsked(bool HasFigures) : DaemonEvent;

    internal sealed record StopAsked(string Why) : DaemonEvent;

    /// <summary>A thread that the daemon cannot do without has ended.</summary>
    internal sealed record ThreadFailed(string Thread, Exception Cause) : DaemonEvent;
}
