using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>
/// Something an operator is told, as values; <see cref="VrrpEventText"/> words it. Which values are set is said at the
/// members of <see cref="VrrpEventKind"/>.
/// </summary>
/// <param name="Instance">Index of the instance.</param>
public readonly record struct VrrpEvent(VrrpEventKind Kind, int Instance)
{
    /// <summary>Index of the sync group, or null.</summary>
    public int? Group { get; init; }

    public VrrpState From { get; init; }

    public VrrpState To { get; init; }

    public VrrpReason Reason { get; init; }

    public VrrpDiscardReason Discard { get; init; }

    /// <summary>Who sent the packet this is about.</summary>
    public IpAddress Source { get; init; }

    /// <summary>The virtual address this is about.</summary>
    public IpAddress Address { get; init; }

    /// <summary>The other's value, or the value before.</summary>
    public int Theirs { get; init; }

    /// <summary>Our value, or the value after.</summary>
    public int Ours { get; init; }

    /// <summary>The interface, script or group this is about.</summary>
    public string? Subject { get; init; }

    public TimeSpan Duration { get; init; }

    public VrrpActionKind FailedAction { get; init; }

    public int Errno { get; init; }
}
