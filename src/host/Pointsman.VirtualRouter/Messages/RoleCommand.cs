using System.Text.Json.Serialization;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What the control process, a signal or the end of the input asks of the VRRP role.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TrackResult), "track")]
[JsonDerivedType(typeof(Order), "order")]
[JsonDerivedType(typeof(ProcessResult), "process")]
[JsonDerivedType(typeof(FileNumber), "file")]
[JsonDerivedType(typeof(PathResult), "path")]
[JsonDerivedType(typeof(LinkBeat), "linkbeat")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Reconfigure), "settings")]
[JsonDerivedType(typeof(TakeSnapshot), "snapshot")]
public abstract record RoleCommand
{
    private RoleCommand()
    {
    }

    /// <summary>A tracked script has a result.</summary>
    public sealed record TrackResult(string Name, bool IsUp) : RoleCommand;

    /// <summary>An operator's order for an instance and its sync group; one that is not there is not obeyed.</summary>
    public sealed record Order(string Instance, VrrpOrder What) : RoleCommand;

    /// <summary>A tracked process runs as often as it should, or not.</summary>
    public sealed record ProcessResult(string Name, bool IsUp) : RoleCommand;

    /// <summary>The number in a tracked file.</summary>
    public sealed record FileNumber(string Name, int Number) : RoleCommand;

    /// <summary>A path watched by BFD is up, or down.</summary>
    public sealed record PathResult(string Name, bool IsUp) : RoleCommand;

    /// <summary>What the driver of an interface in <see cref="VirtualRouterSettings.PolledInterfaces"/> says of its link.</summary>
    public sealed record LinkBeat(string Interface, bool Carries) : RoleCommand;

    /// <summary>Leave in order. Asking again changes nothing: a service manager and the parent may both ask.</summary>
    public sealed record Stop : RoleCommand;

    /// <summary>Go on with other settings of the same process; answer with <see cref="RoleEvent.Reconfigured"/>.</summary>
    public sealed record Reconfigure(VirtualRouterSettings Settings) : RoleCommand;

    /// <summary>Answer with <see cref="RoleEvent.SnapshotTaken"/>.</summary>
    public sealed record TakeSnapshot : RoleCommand;

    /// <summary>End without a word: the next role on this node goes on where this one ends. Comes by signal only.</summary>
    public sealed record HandOver : RoleCommand;

    /// <summary>
    /// The control process lives; answer in kind. An empty line, so that neither reading nor answering it allocates anything. Who has
    /// sent one is counted as gone when no more come.
    /// </summary>
    public sealed record Beat : RoleCommand
    {
        internal static Beat Instance { get; } = new();
    }

    /// <summary>The input ended: nobody reads events or sends results any more.</summary>
    public sealed record ParentGone : RoleCommand;
}
