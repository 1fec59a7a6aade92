using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Tests;

/// <summary>The dead man's switch where nothing is balanced, and what becomes of it when something is.</summary>
public sealed class AddressGuardTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly string _pins = $"/sys/fs/bpf/pointsman-guard-{Environment.ProcessId}-{Guid.NewGuid():N}";

    public AddressGuardTests() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "BPF programs are loaded: it needs root");

    [Fact]
    public void WholeDataPathIsMade_TakesOverTheLeases_AsTheirHolderHasThemOpen()
    {
        using AddressGuard guard = AddressGuard.Open(_pins);
        using OwnershipLeases held = OwnershipLeases.TryOpen(_pins)!;
        held.Renew(51, Long, Long);

        using XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = _pins });
        Assert.True(plane.Leases.Read(51).Claims > TimeSpan.FromMinutes(4));

        held.Release(51);
        Assert.Equal(TimeSpan.Zero, plane.Leases.Read(51).Claims);
        plane.Purge();
    }

    [Fact]
    public void WholeDataPathWasLeft_GuardKeepsItsLeases_AndNothingElse()
    {
        using (XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = _pins }))
        {
            plane.Leases.Renew(51, Long, Long);
        }

        using AddressGuard guard = AddressGuard.Open(_pins);
        using OwnershipLeases held = OwnershipLeases.TryOpen(_pins)!;
        Assert.True(held.Read(51).Claims > TimeSpan.FromMinutes(4));
        Assert.Equal(
            [.. Names.GuardMaps.Concat(Names.GuardPrograms).Order(StringComparer.Ordinal)],
            Directory.GetFiles(Path.Combine(_pins, $"v{PmLimit.Layout}")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        guard.Purge();
    }

    [Fact]
    public void MoreAddressesThanBefore_AndFewer_AreWhatIsGuarded()
    {
        using AddressGuard guard = AddressGuard.Open(_pins);
        OwnedAddress[] many = [.. Enumerable.Range(0, 10_000).Select(i => new OwnedAddress(IpAddress.FromV4Bits(0x0a000000 + (uint)i), i % 500))];
        guard.Guard(many);
        Assert.Equal(10_000, Count());
        guard.Guard(many[..3]);
        Assert.Equal(3, Count());
        guard.Purge();
    }

    [Fact]
    public void NotAFileSystemOfBpf_IsRefusedInWords() =>
        Assert.Contains(
            "is not on a bpf file system",
            Assert.Throws<DataplaneException>(() => AddressGuard.Open("/tmp/pointsman-guard")).Message,
            StringComparison.Ordinal);

    public void Dispose()
    {
        if (Directory.Exists(_pins))
        {
            XdpDataplane.Purge(new PinPaths(_pins));
        }
    }

    private int Count()
    {
        using Linux.Bpf.BpfMap vips = Linux.Bpf.BpfMap.TryOpen(new PinPaths(_pins).Of(Names.Vips))!;
        return vips.Keys<Be128>().Count;
    }
}
