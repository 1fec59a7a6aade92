using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>What a role goes on with is what was on the wire before it.</summary>
public sealed class HandOverNoteTests
{
    private static readonly VrrpInstanceSettings s_before = new()
    {
        Name = "VI_1", Interface = "eth0", VirtualRouterId = 51, Priority = 100, VirtualAddresses = [IpAddress.Parse("10.0.0.1")],
    };

    [Fact]
    public void Renamed_OrOtherwiseSet_IsTheSame()
    {
        Assert.True(Held.Is(s_before with { Name = "VI_WEB", Priority = 90 }));
    }

    // IPv4 and IPv6 instances often share a number: one of them may be master here and the other elsewhere.
    [Fact]
    public void OtherFamilyNumberOrInterface_IsAnother()
    {
        Assert.False(Held.Is(s_before with { Family = IpFamily.V6 }));
        Assert.False(Held.Is(s_before with { VirtualRouterId = 52 }));
        Assert.False(Held.Is(s_before with { Interface = "eth1" }));
    }

    private static HandOverNote.HeldInstance Held => new(s_before, new InstanceBinding(), default, default);
}
