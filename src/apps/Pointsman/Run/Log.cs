using Microsoft.Extensions.Logging;

namespace Pointsman.App.Run;

/// <summary>The daemon's own log lines; event ids from 100.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Starting Pointsman v{Version}")]
    internal static partial void Starting(ILogger log, string version);

    [LoggerMessage(101, LogLevel.Information, "Configuration file {File}")]
    internal static partial void ConfigurationFile(ILogger log, string file);

    [LoggerMessage(102, LogLevel.Information, "Startup complete")]
    internal static partial void StartupComplete(ILogger log);

    [LoggerMessage(103, LogLevel.Information, "Stopping ({Why})")]
    internal static partial void Stopping(ILogger log, string why);

    [LoggerMessage(104, LogLevel.Information, "Stopped Pointsman v{Version}")]
    internal static partial void Stopped(ILogger log, string version);

    [LoggerMessage(105, LogLevel.Error, "{Why}")]
    internal static partial void CannotStart(ILogger log, string why);

    [LoggerMessage(106, LogLevel.Information, "{Line}")]
    internal static partial void Line(ILogger log, string line);

    [LoggerMessage(107, LogLevel.Warning, "{Line}")]
    internal static partial void Warning(ILogger log, string line);

    [LoggerMessage(108, LogLevel.Information, "Starting VRRP child process, pid={Pid}")]
    internal static partial void RoleStarted(ILogger log, int pid);

    [LoggerMessage(109, LogLevel.Error, "VRRP child process died (exit status {Status}): {Then}")]
    internal static partial void RoleDied(ILogger log, int status, string then);

    [LoggerMessage(110, LogLevel.Warning, "VRRP child process did not stop in time and was killed: {Then}")]
    internal static partial void RoleKilled(ILogger log, string then);

    [LoggerMessage(136, LogLevel.Warning, "VRRP child process {Pid} has not answered for {Seconds} s: whether this node is master is not known")]
    internal static partial void RoleSilent(ILogger log, int pid, int seconds);

    [LoggerMessage(137, LogLevel.Information, "VRRP child process {Pid} answers again")]
    internal static partial void RoleAnswers(ILogger log, int pid);

    [LoggerMessage(138, LogLevel.Error, "VRRP child process {Pid} hangs and is killed")]
    internal static partial void RoleHangs(ILogger log, int pid);

    [LoggerMessage(139, LogLevel.Information, "No VRRP any more: the VRRP child process takes its leave, and the new configuration holds when it is gone, within {Seconds:0} s")]
    internal static partial void RoleLeaves(ILogger log, double seconds);

    [LoggerMessage(111, LogLevel.Information, "Reloading")]
    internal static partial void Reloading(ILogger log);

    [LoggerMessage(112, LogLevel.Information, "Reload complete: {Changes} in {Milliseconds:0} ms")]
    internal static partial void ReloadComplete(ILogger log, string changes, double milliseconds);

    [LoggerMessage(113, LogLevel.Error, "Reload refused, the running configuration stays: {Why}")]
    internal static partial void ReloadRefused(ILogger log, string why);

    [LoggerMessage(114, LogLevel.Critical, "{Thread} failed: {Why}; the daemon ends, what it has pinned goes on")]
    internal static partial void ThreadFailed(ILogger log, string thread, string why);

    [LoggerMessage(115, LogLevel.Error, "The data path refused the plan: {Why}; the plan before it stays")]
    internal static partial void PlanRefused(ILogger log, string why);

    [LoggerMessage(117, LogLevel.Information, "Found a running data path with {Connections} connections: going on with it")]
    internal static partial void Adopted(ILogger log, int connections);

    [LoggerMessage(
        118, LogLevel.Warning, "({Instance}) interface {Interface} does not exist here; the instance waits in FAULT until it does (`ip link` lists what there is)")]
    internal static partial void InterfaceMissing(ILogger log, string instance, string @interface);

    [LoggerMessage(116, LogLevel.Error, "A control request failed: {Why}")]
    internal static partial void ControlFault(ILogger log, string why);

    [LoggerMessage(124, LogLevel.Information, "The operator orders {Order} for {Instances}")]
    internal static partial void Ordered(ILogger log, string order, string instances);

    [LoggerMessage(119, LogLevel.Error, "A VRRP child process ended (exit status {Status}) while another one serves")]
    internal static partial void RoleDiedBeside(ILogger log, int status);

    [LoggerMessage(120, LogLevel.Information, "... and {Count} more changes")]
    internal static partial void MoreChanges(ILogger log, int count);

    [LoggerMessage(130, LogLevel.Warning, "... and {Count} more complaints (`pointsman check` shows them)")]
    internal static partial void MoreComplaints(ILogger log, int count);

    [LoggerMessage(
        133, LogLevel.Warning, "No dead man's switch: {Why}; VRRP runs without it, as keepalived does (`#pointsman: dead_mans_switch off` in global_defs is the same without this line)")]
    internal static partial void NoDeadMansSwitch(ILogger log, string why);

    [LoggerMessage(134, LogLevel.Error, "The BFD child process died (exit status {Status}): starting it again")]
    internal static partial void PathWatchDied(ILogger log, int status);

    [LoggerMessage(140, LogLevel.Error, "The BFD child process {Pid} hangs and is killed")]
    internal static partial void PathWatchHangs(ILogger log, int pid);

    [LoggerMessage(135, LogLevel.Warning, "bfd_instance {Path} is not watched (--no_bfd): instances that track it are in FAULT or without its weight")]
    internal static partial void PathUnwatched(ILogger log, string path);
}
