using System.Diagnostics;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class LeaseTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TestPlane _plane;

    public LeaseTests(SharedPlane shared)
    {
        _plane = shared.Fresh();
        _plane.Plane.Leases.Release(TestPlane.Lease);
        _plane.Apply(TestPlane.Leased(TestPlane.Server(1)));
    }

    [Fact]
    public void NotGranted_NewConnection_GoesUpTheStackAndLeavesNoEntry()
    {
        var frame = new Frame();

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("not-armed", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void Released_EntryOfAFormerMastership_ForwardsNoMore()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Connect(40000);

        _plane.Plane.Leases.Release(TestPlane.Lease);
        Outcome without = _plane.Send(new Frame { Flags = TcpFlags.Ack });
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Outcome with = _plane.Send(new Frame { Flags = TcpFlags.Ack });

        Assert.Equal("not-armed", without.Verdict);
        Assert.Equal("forwarded", with.Verdict);
    }

    [Fact]
    public void NobodyRenews_LapsesByItself()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);

        long started = Stopwatch.GetTimestamp();
        while (_plane.Send(new Frame { Flags = TcpFlags.Ack }).Verdict != "not-armed")
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, "the lease did not lapse");
        }

        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(500), "it lapsed too early");

        // User space reads the packets' clock a tick late.
        while (_plane.Plane.Leases.Read(TestPlane.Lease).IsArmed)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, "it is read as armed for ever");
        }
    }

    [Fact]
    public void ClaimLapsed_KnownConnection_IsForwardedUntilThatEndsToo()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Connect(40000);

        _plane.LetClaimLapse(forwards: TimeSpan.FromSeconds(2));
        Assert.Equal("forwarded", _plane.Send(new Frame { Flags = TcpFlags.Ack }).Verdict);

        long started = Stopwatch.GetTimestamp();
        while (_plane.Send(new Frame { Flags = TcpFlags.Ack }).Verdict != "not-armed")
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, "it forwards for ever");
        }
    }

    [Fact]
    public void ClaimLapsed_ThisNodeIsAServerToo_BalancesNoMore()
    {
        _plane.Apply(TestPlane.Leased(TestPlane.Server(1), TestPlane.Server(2, isLocal: true)));
        _plane.LetClaimLapse(forwards: TimeSpan.FromMinutes(1));
        Assert.Equal("not-armed", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void AnotherSlotIsHeld_ThisServiceIsNot()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease + 1, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.Equal("not-armed", _plane.Send(new Frame()).Verdict);
        _plane.Plane.Leases.Release(TestPlane.Lease + 1);
    }

    [Fact]
    public void Read_AfterRenewal_TellsWhatIsLeft()
    {
        ulong before = _plane.Plane.Leases.Read(TestPlane.Lease).Renewals;

        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(200));
        LeaseView view = _plane.Plane.Leases.Read(TestPlane.Lease);

        Assert.True(view.IsArmed);
        Assert.InRange(view.Claims.TotalSeconds, 70, 100);
        Assert.InRange(view.Forwards.TotalSeconds, 170, 200);
        Assert.Equal(before + 1, view.Renewals);
    }

    [Fact]
    public void SlotThatIsNotThere_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => _plane.Plane.Leases.Renew(OwnershipLeases.SlotCount, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));

    [Fact]
    public void ClockOfTheLeases_IsThatOfThePackets() => _plane.WithTables(tables =>
    {
        var clock = Tables.TickClock.Calibrate(tables.NowProgram);
        for (int i = 0; i < 1000; i++)
        {
            // A tick may come late on a busy machine; a second is far more than that, and far less than a wrong rate
            // shows.
            ulong before = tables.NowTicks();
            ulong told = clock.Now;
            ulong after = tables.NowTicks();
            Assert.InRange(told, before - tables.TicksPerSecond, after + tables.TicksPerSecond);
        }
    });

    // The real-time thread that renews must never wait for the garbage collector.
    [Fact]
    public void RenewReleaseReadAndSetPeer_AllocateNothing()
    {
        OwnershipLeases leases = _plane.Plane.Leases;
        Exercise();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Exercise();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Exercise()
        {
            leases.Renew(TestPlane.Lease, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            _ = leases.Read(TestPlane.Lease);
            leases.SetPeer(0, new Base.MacAddress(0x0200_0000_0001), Base.IpAddress.FromV4Bits(0x0a000001));
            leases.SetPeer(0, default, default);
            leases.Release(TestPlane.Lease);
        }
    }

    [Fact]
    public void OpenedByAnotherProcess_GrantIsSeenByThePackets()
    {
        using OwnershipLeases other = OwnershipLeases.TryOpen(_plane.Pins)!;
        other.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void NothingPinned_TryOpen_IsNull() => Assert.Null(OwnershipLeases.TryOpen(_plane.Pins + "/elsewhere"));
}
