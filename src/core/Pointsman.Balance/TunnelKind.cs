namespace Pointsman.Balance;

/// <summary>How a packet is put into another, numbered as the kernel numbers it.</summary>
public enum TunnelKind
{
    /// <summary>Right behind the outer IP header.</summary>
    Ipip = 0,

    /// <summary>Generic UDP encapsulation, version 0.</summary>
    Gue = 1,

    /// <summary>Without key.</summary>
    Gre = 2,
}
