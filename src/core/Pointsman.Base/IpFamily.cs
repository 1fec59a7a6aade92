namespace Pointsman.Base;

/// <summary>The Internet Protocol version of an address.</summary>
public enum IpFamily
{
    V4 = 4,
    V6 = 6,
}
