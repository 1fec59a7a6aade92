namespace Pointsman.Dataplane;

/// <summary>An interface whose frames the data path sees.</summary>
public sealed record AttachedInterface(int Index, AttachMode Mode);

public enum AttachMode
{
    /// <summary>In the driver, before the kernel makes a packet of the frame.</summary>
    Native,

    /// <summary>
    /// After that; for drivers without XDP. About half as fast, and large segments are not forwarded.
    /// </summary>
    Generic,

    /// <summary>At tc ingress, where the dead man's switch needs no more and costs the host nothing else.</summary>
    Tc,
}
