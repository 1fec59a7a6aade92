using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What the VRRP role tells the control process: one JSON line each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(StateChanged), "state")]
[JsonDerivedType(typeof(GroupChanged), "group")]
[JsonDerivedType(typeof(Reported), "report")]
[JsonDerivedType(typeof(Noted), "note")]
[JsonDerivedType(typeof(Reconfigured), "settings")]
[JsonDerivedType(typeof(SnapshotTaken), "snapshot")]
[JsonDerivedType(typeof(Exited), "exited")]
public abstract record RoleEvent
{
    private RoleEvent()
    {
    }

    /// <param name="Resumed">The instances that go on as master.</param>
    public sealed record Started(int ProcessId, ImmutableArray<string> Resumed) : RoleEvent;

    /// <param name="Text">The log line.</param>
    public sealed record StateChanged(
        string Instance, VrrpState From, VrrpState To, byte Priority, VrrpReason Reason, string Text) : RoleEvent;

    /// <summary>All instances of a sync group are in another state.</summary>
    /// <param name="Text">The log line.</param>
    public sealed record GroupChanged(string Group, VrrpState From, VrrpState To, string Text) : RoleEvent;

    /// <summary>Anything else an instance reports.</summary>
    /// <param name="Priority">The effective priority when it happened.</param>
    /// <param name="Text">The log line.</param>
    public sealed record Reported(string Instance, VrrpEventKind What, byte Priority, string Text) : RoleEvent;

    /// <summary>The role itself has something for the log.</summary>
    public sealed record Noted(bool IsWarning, string Text) : RoleEvent;

    /// <summary>The answer to new settings.</summary>
    /// <param name="InPlace">They hold; false: only a new process can have them.</param>
    public sealed record Reconfigured(bool InPlace) : RoleEvent;

    public sealed record SnapshotTaken(RoleSnapshot Snapshot) : RoleEvent;

    /// <summary>Said by <see cref="Client.VirtualRouterClient"/>, not by the role: the process has ended.</summary>
    /// <param name="WasAsked">It was told to stop or to make way.</param>
    public sealed record Exited(int ExitCode, bool WasAsked) : RoleEvent;
}
