using Pointsman.Base;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class FailureTests
{
    [Fact]
    public void Master_CannotAddAddresses_AsksAgainAfterASecond()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Fail(AddAddresses, errno: 12);

        Assert.Equal(["(VI_1) setting VIPs failed with errno 12"], node.Log);
        Assert.Equal([SendAdvert, RenewLease, AddAddresses], node.Advance(0.99).Advance(0.02).Deeds);
    }

    // Found by the simulation (seeds 41 and 66): the retry granted a lease that outlived the last advert's time.
    [Fact]
    public void Leaving_CannotAddAddresses_AsksAgainButProlongsNoLease()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster().Stop().Fail(AddAddresses);

        Assert.Equal([AddAddresses], node.Advance(1.05).Deeds);
    }

    [Fact]
    public void Backup_CannotRemoveAddresses_AsksAgainAfterASecond()
    {
        RouterHarness node = new RouterHarness(Instance()).Start().Fail(RemoveAddresses);

        Assert.Equal([Disarm, RemoveAddresses], node.Advance(1).Deeds);
        Assert.Empty(node.Advance(2).Deeds);
    }

    [Fact]
    public void Master_CannotAdvertise_IsToldOncePerEpisodeAndTriesOn()
    {
        RouterHarness node = new RouterHarness(Instance()).StartAsMaster();

        Assert.Equal(["(VI_1) sending an advert failed with errno 1"], node.Fail(SendAdvert).Log);
        Assert.Contains(SendAdvert, node.Advance(1).Deeds);
        Assert.Empty(node.Fail(SendAdvert).Log);
    }

    [Fact]
    public void SteadyState_GoesOn_AllocatesNothing()
    {
        RouterHarness master = new RouterHarness(Instance() with { AuthPass = "1111" }).StartAsMaster();
        RouterHarness backup = new RouterHarness(Instance() with { AuthPass = "1111" }).Start();
        byte[] advert = Advert(backup.Router.Instances[0].Settings, 200);
        var packet = new byte[1500];
        Run(seconds: 50);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(seconds: 500);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int seconds)
        {
            for (int second = 0; second < seconds; second++)
            {
                master.Advance(TimeSpan.FromSeconds(1));
                foreach (VrrpAction action in master.Actions)
                {
                    if (action.Kind == SendAdvert)
                    {
                        master.Router.WriteAdvertPacket(action, master.Router.Instances[0].AdvertTargets[0], packet);
                    }
                }

                backup.Advance(TimeSpan.FromSeconds(1));
                backup.Hear(advert, Higher);
            }
        }
    }

    [Fact]
    public void EveryEvent_IsWorded_WithoutThrowing()
    {
        VrrpRouterSettings settings = Group(Instance("VI_1"), Instance("VI_2"));
        IEnumerable<VrrpEvent> events =
            from kind in Enum.GetValues<VrrpEventKind>()
            from reason in Enum.GetValues<VrrpReason>()
            from discard in Enum.GetValues<VrrpDiscardReason>()
            from failed in Enum.GetValues<VrrpActionKind>()
            where kind != VrrpEventKind.None && reason != VrrpReason.None
                && discard != VrrpDiscardReason.None && failed != None
            select new VrrpEvent(kind, 0)
            {
                Reason = reason, Discard = discard, FailedAction = failed, Group = 0, Subject = "x",
                Source = Higher, Address = Vip,
            };

        Assert.All(events, happened => Assert.DoesNotContain("  ", VrrpEventText.Format(happened, settings), StringComparison.Ordinal));
    }
}
