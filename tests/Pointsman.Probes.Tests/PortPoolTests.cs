using Pointsman.Base;

namespace Pointsman.Probes.Tests;

/// <summary>Ports that tell apart what one address answers to several probes.</summary>
public sealed class PortPoolTests
{
    private static readonly TransportEndpoint One = new(IpAddress.Parse("10.0.0.1"), 80);
    private static readonly TransportEndpoint Two = new(IpAddress.Parse("10.0.0.2"), 80);

    [Fact]
    public void PortsInUse_AreGivenOnce_ReservedOnesNever()
    {
        var pool = new PortPool("1000\t1009\n", "1003,1006-1007\n");
        ushort[] taken = [.. Enumerable.Range(0, 7).Select(i => pool.Take(i % 2 == 0 ? One : Two))];
        Assert.Equal([1000, 1001, 1002, 1004, 1005, 1008, 1009], taken.Select(port => (int)port).Order());
    }

    [Fact]
    public void OneTarget_GetsAllOthersBeforeItGetsAPortAgain()
    {
        var pool = new PortPool("1000 1009", "");
        var given = new List<int>();
        for (int i = 0; i < 10; i++)
        {
            ushort port = pool.Take(One);
            given.Add(port);
            pool.Return(port);
        }

        Assert.Equal(10, given.Distinct().Count());
    }

    [Fact]
    public void AllInUse_OneIsGivenTwice_RatherThanNone()
    {
        var pool = new PortPool("1000 1001", "");
        ushort[] taken = [pool.Take(One), pool.Take(One), pool.Take(One)];
        Assert.All(taken, port => Assert.InRange(port, (ushort)1000, (ushort)1001));
    }
}
