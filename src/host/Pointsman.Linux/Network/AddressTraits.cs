namespace Pointsman.Linux.Network;

/// <summary>What the kernel is told of an address beside its value; the numbers are those of its flags.</summary>
[Flags]
public enum AddressTraits
{
    None = 0,

    /// <summary>IPv6: nobody is asked first whether somebody else has it (RFC 4862 §5.4).</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>IPv6: the home address of a mobile node (RFC 6275).</summary>
    Home = 0x10,

    /// <summary>IPv6: temporary addresses are made from it (RFC 8981).</summary>
    ManageTemporary = 0x100,

    /// <summary>No route to its network comes with it.</summary>
    NoPrefixRoute = 0x200,

    /// <summary>A multicast group that is joined.</summary>
    AutoJoin = 0x400,
}
