using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Control.Status;
using Pointsman.Engine;
using Pointsman.PathWatch.Messages;
using Pointsman.Probes;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.App.Run;

/// <summary>What the parts of the daemon knew at one moment. Nothing in it changes any more: any thread may read it.</summary>
/// <param name="InstanceReasons">Why each instance is where it is.</param>
/// <param name="Router">Null: no VRRP here, or its role has not answered.</param>
/// <param name="PinDirectory">Where the data path is; null: nothing is balanced here.</param>
internal sealed record StatusFacts(
    RunOptions Options,
    DirectorSurvey Survey,
    ImmutableDictionary<string, string> InstanceReasons,
    RoleSnapshot? Router,
    ImmutableArray<TrackScriptSnapshot> Scripts,
    ImmutableArray<PathSnapshot> Paths,
    DeadMansSwitchStatus? DeadMansSwitch,
    string? PinDirectory,
    ImmutableArray<InterfaceStatus> Interfaces,
    long TableWrites,
    Instant Now,
    Instant Started)
{
    /// <summary>Null: not measured yet.</summary>
    public Rates? Rates { get; init; }

    public ReloadStatus? LastReload { get; init; }

    public ImmutableArray<string> ByHand { get; init; } = [];

    public ImmutableArray<SynchronisationStatus> Synchronisation { get; init; } = [];

    public ImmutableArray<SendingStatus> Sending { get; init; } = [];
}
