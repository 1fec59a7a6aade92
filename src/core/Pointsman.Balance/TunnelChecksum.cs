namespace Pointsman.Balance;

/// <summary>Whether the outer packets of a tunnel bear a checksum, numbered as the kernel numbers it.</summary>
public enum TunnelChecksum
{
    None = 0,

    /// <summary>UDP's of GUE, or GRE's.</summary>
    Outer = 1,

    /// <summary>
    /// Of GUE: remote checksum offload. It changes packets whose own checksum a card has yet to fill in; no other packet comes to the
    /// data path, so that all get what <see cref="Outer"/> gives.
    /// </summary>
    Remote = 2,
}
