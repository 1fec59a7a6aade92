namespace Pointsman.Linux.Network;

/// <summary>How far an address is valid, numbered as the kernel numbers it.</summary>
public enum AddressScope : byte
{
    Global = 0,
    Site = 200,
    Link = 253,
    Host = 254,
}
