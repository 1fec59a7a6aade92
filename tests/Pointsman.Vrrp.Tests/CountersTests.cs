using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

/// <summary>What a process that ends has counted, the next one counts on.</summary>
public sealed class CountersTests
{
    [Fact]
    public void NextProcess_CountsOn_EveryCounter()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Advance(5).Hear(50, Lower);
        node.Hear(Advert(Instance() with { AuthPass = "1111" }, 150, Higher), Higher);
        VrrpCounters former = node.Router.Instances[0].Counters;
        Assert.True(former.AdvertsSent > 5 && former.AdvertsReceived == 1 && former.Discarded(VrrpDiscardReason.AuthTypeMismatch) == 1);

        VrrpCounters next = new RouterHarness(Instance()).StartAsMaster().Router.Instances[0].Counters;
        long own = next.AdvertsSent;
        next.CountOn(former.ByName());

        Assert.Equal(former.AdvertsSent + own, next.AdvertsSent);
        Assert.Equal(former.AdvertsReceived, next.AdvertsReceived);
        Assert.Equal(1, next.Discarded(VrrpDiscardReason.AuthTypeMismatch));
    }

    [Fact]
    public void EveryCounter_IsAmongThem()
    {
        var names = new VrrpCounters().ByName();
        Assert.All(typeof(VrrpCounters).GetProperties(), property => Assert.Contains(property.Name, names.Keys));
        Assert.Equal(
            typeof(VrrpCounters).GetProperties().Length + Enum.GetValues<VrrpDiscardReason>().Length, names.Count);

        // Each of them comes back under its own name.
        int place = 0;
        var former = names.Keys.ToDictionary(name => name, _ => (long)++place);
        var next = new VrrpCounters();
        next.CountOn(former);
        Assert.Equal(former, next.ByName().ToDictionary());
    }
}
