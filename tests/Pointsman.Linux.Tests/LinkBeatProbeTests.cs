using Pointsman.Linux.Network;
using Xunit;

namespace Pointsman.Linux.Tests;

/// <summary>What drivers say of their links: here that of veth, which knows ethtool's question and has no transceiver.</summary>
public sealed class LinkBeatProbeTests
{
    [Theory]
    [InlineData(LinkBeatSource.Ethtool)]
    [InlineData(LinkBeatSource.Ioctl)]
    [InlineData(LinkBeatSource.Any)]
    public void OtherEndGoesDownAndUp_IsTold(LinkBeatSource source)
    {
        using var namespaces = Namespaces.Create();
        using LinkBeatProbe probe = NetworkNamespace.InNamed(namespaces.Left, () => new LinkBeatProbe());
        Assert.True(Becomes(probe, source, isUp: true));
        Namespaces.Ip($"-n {namespaces.Right} link set v0 down");
        Assert.True(Becomes(probe, source, isUp: false));
        Namespaces.Ip($"-n {namespaces.Right} link set v0 up");
        Assert.True(Becomes(probe, source, isUp: true));
    }

    [Fact]
    public void NobodyCanAnswer_SaysSo()
    {
        using var namespaces = Namespaces.Create();
        using LinkBeatProbe probe = NetworkNamespace.InNamed(namespaces.Left, () => new LinkBeatProbe());
        Assert.Null(probe.Carries("v0", LinkBeatSource.Mii));
        Assert.Null(probe.Carries("none0", LinkBeatSource.Any));
        Assert.Null(probe.Carries(new string('x', 40), LinkBeatSource.Ethtool));
    }

    // The kernel settles a link's state a moment later.
    private static bool Becomes(LinkBeatProbe probe, LinkBeatSource source, bool isUp) =>
        SpinWait.SpinUntil(() => probe.Carries("v0", source) == isUp, TimeSpan.FromSeconds(30));
}
