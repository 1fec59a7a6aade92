namespace Pointsman.Wire.Tests;

/// <summary>Packets captured from keepalived 2.2.7 at 192.168.1.128, fe80::128 and 2001:db8::128, from the IP header on.</summary>
internal static class Captured
{
    /// <summary>Version 2, router 51, priority 100, <c>auth_type AH</c> with <c>1111</c>, .200 and .201: its first packet.</summary>
    public const string AuthenticationHeader =
        "45c0004400010000ff33188bc0a80180e0000012" + "70040000c0a8018000000001e168983916260e8e0ae2fb39"
        + "213364020201f3e6c0a801c8c0a801c90000000000000000";

    /// <summary>The same instance's second packet.</summary>
    public const string AuthenticationHeaderSecond =
        "45c0004400020000ff33188ac0a80180e0000012" + "70040000c0a8018000000002d21c8b615a075fb87f446d94"
        + "213364020201f3e6c0a801c8c0a801c90000000000000000";

    /// <summary>Version 3 over IPv4, router 51, priority 100, 0.1 s, .200 and .201.</summary>
    public const string Version3 = "45c0002400010000ff70186ec0a80180e0000012" + "31336402000a4322c0a801c8c0a801c9";

    /// <summary>Version 3 over IPv6, router 52, priority 100, 0.1 s, fe80::200 and 2001:db8::200. Flow label dd255.</summary>
    public const string Version3OverIpv6 =
        "6c0dd255002870fffe800000000000000000000000000128ff020000000000000000000000000012"
        + "31346402000a3b2ffe80000000000000000000000000020020010db8000000000000000000000200";

    /// <summary>Version 3 to the unicast peer 192.168.1.129, router 51, .200.</summary>
    public const string Unicast = "45c0002000010000ff70365bc0a80180c0a80181" + "31336401000a2382c0a801c8";

    /// <summary>Version 3 to the unicast peer 2001:db8::129, router 52. Flow label e5b19, hop limit 64.</summary>
    public const string UnicastOverIpv6 =
        "6c0e5b190028704020010db800000000000000000000012820010db8000000000000000000000129"
        + "31346402000adc29fe80000000000000000000000000020020010db8000000000000000000000200";

    /// <summary>Version 2 to the unicast peer 192.168.1.129, router 53, <c>1111</c>, .203.</summary>
    public const string UnicastVersion2 =
        "45c0002800010000ff703653c0a80180c0a80181" + "21356401010154f2c0a801cb3131313100000000";

    /// <summary>The announcement of fe80::200 by 26:a4:ea:25:16:4d, from the Ethernet header on.</summary>
    public const string NeighbourAdvertisement =
        "33330000000126a4ea25164d86dd" + "6000000000203afffe800000000000000000000000000200ff020000000000000000000000000001"
        + "88002e8720000000fe800000000000000000000000000200020126a4ea25164d";

    public static byte[] Hex(string text) => Convert.FromHexString(text);
}
