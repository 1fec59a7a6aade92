using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.RealServer.Tests;

/// <summary>Each test in a network namespace of its own, in which lo is up and nothing is set.</summary>
public sealed class RealServerSetupTests : IDisposable
{
    private const string AllIgnore = "net/ipv4/conf/all/arp_ignore";
    private const string LoIgnore = "net/ipv4/conf/lo/arp_ignore";
    private const string AllAnnounce = "net/ipv4/conf/all/arp_announce";
    private const string LoAnnounce = "net/ipv4/conf/lo/arp_announce";

    private readonly string _directory = Directory.CreateTempSubdirectory("linux-rs-").FullName;

    private static IpAddress First => IpAddress.Parse("10.9.0.100");

    private static IpAddress Second => IpAddress.Parse("10.9.0.101");

    private string MemoryPath => Path.Combine(_directory, RealServerSetup.MemoryFileName);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Up_OnABareMachine_AddressStandsAndArpIsSilent() => InNamespace(setup =>
    {
        RealServerReport report = setup.Up([First]);

        Assert.True(report.IsWhole);
        Assert.Equal(
            [
                "net.ipv4.conf.all.arp_ignore: 0 -> 1",
                "net.ipv4.conf.lo.arp_ignore: 0 -> 1",
                "net.ipv4.conf.all.arp_announce: 0 -> 2",
                "net.ipv4.conf.lo.arp_announce: 0 -> 2",
                "10.9.0.100/32 added to lo",
            ],
            report.Changed);
        Assert.Equal(["10.9.0.100/32"], OnLoopback());
        Assert.Equal(["1", "1", "2", "2"], Settings());
        Assert.True(setup.Status([]).IsWhole);
    });

    [Fact]
    public void UpTwiceThenDown_EverythingIsAsBefore() => InNamespace(setup =>
    {
        Sysctl.Write(AllAnnounce, "1");
        setup.Up([First]);
        Assert.Empty(setup.Up([First]).Changed);

        RealServerReport report = setup.Down([]);

        Assert.Equal(5, report.Changed.Length);
        Assert.Empty(report.VirtualIps);
        Assert.Empty(OnLoopback());
        Assert.Equal(["0", "0", "1", "0"], Settings());
        Assert.False(File.Exists(MemoryPath));
    });

    [Fact]
    public void Up_WithAnotherList_KeepsWhatStaysAndDropsTheRest() => InNamespace(setup =>
    {
        setup.Up([First]);
        RealServerReport report = setup.Up([Second]);

        Assert.Equal(["10.9.0.100/32 removed from lo", "10.9.0.101/32 added to lo"], report.Changed);
        Assert.Equal(["10.9.0.101/32"], OnLoopback());
        setup.Down([]);
        Assert.Equal(["0", "0", "0", "0"], Settings());
    });

    [Fact]
    public void Down_OfOneOfTwo_KeepsTheOtherSilent() => InNamespace(setup =>
    {
        setup.Up([First, Second]);
        RealServerReport report = setup.Down([First]);

        Assert.Equal(["10.9.0.101"], report.VirtualIps);
        Assert.Equal(["10.9.0.101/32"], OnLoopback());
        Assert.Equal(["1", "1", "2", "2"], Settings());
        Assert.True(setup.Status([]).IsWhole);
    });

    [Fact]
    public void Down_WithoutUp_ChangesNothing() => InNamespace(setup =>
    {
        AddToLoopback(First);
        Sysctl.Write(AllIgnore, "1");

        Assert.Empty(setup.Down([]).Changed);
        RealServerReport report = setup.Down([First]);

        Assert.Empty(report.Changed);
        Assert.Equal(["10.9.0.100 was not set up by this program: left as it is"], report.Notes);
        Assert.Equal(["10.9.0.100/32"], OnLoopback());
        Assert.Equal(["1", "0", "0", "0"], Settings());
    });

    [Fact]
    public void WhatWasThereBefore_SurvivesUpAndDown() => InNamespace(setup =>
    {
        AddToLoopback(First);
        Sysctl.Write(LoIgnore, "2");
        setup.Up([First, Second]);
        Assert.Equal(["1", "2", "2", "2"], Settings());

        RealServerReport report = setup.Down([]);

        Assert.Contains("10.9.0.100 was on lo before: left there", report.Notes);
        Assert.Equal(["10.9.0.100/32"], OnLoopback());
        Assert.Equal(["0", "2", "0", "0"], Settings());
    });

    [Fact]
    public void SomebodyChangesASettingAfterUp_DownLeavesItToThem() => InNamespace(setup =>
    {
        setup.Up([First]);
        Sysctl.Write(AllIgnore, "8");

        RealServerReport report = setup.Down([]);

        Assert.Contains("net.ipv4.conf.all.arp_ignore was changed to 8 by someone else: left so (it was 0)", report.Notes);
        Assert.Equal(["8", "0", "0", "0"], Settings());
    });

    [Fact]
    public void SomebodyUndoesUp_StatusNamesEachThingAndUpMends() => InNamespace(setup =>
    {
        setup.Up([First]);
        RemoveFromLoopback(First);
        Sysctl.Write(AllIgnore, "0");
        Sysctl.Write(LoAnnounce, "1");

        RealServerReport report = setup.Status([]);

        Assert.False(report.IsWhole);
        Assert.Equal(
            [
                "10.9.0.100 is not on lo: packets for it are not taken",
                "net.ipv4.conf.all.arp_ignore is 0, not 1: the real server would answer ARP for the virtual IP",
                "net.ipv4.conf.lo.arp_announce is 1, not 2: its ARP requests would name the virtual IP as theirs",
            ],
            report.Missing);

        Assert.Equal(3, setup.Up([First]).Changed.Length);
        setup.Down([]);
        Assert.Equal(["0", "0", "0", "0"], Settings());
        Assert.Empty(OnLoopback());
    });

    [Fact]
    public void Up_StopsHalfWay_DownUndoesAndUpCompletes() => InNamespace(setup =>
    {
        // The memory of an up that was killed after it had noted, and before it had done, the rest.
        setup.Up([First, Second]);
        RemoveFromLoopback(Second);
        Sysctl.Write(LoAnnounce, "0");
        setup.Down([]);
        Assert.Equal(["0", "0", "0", "0"], Settings());
        Assert.Empty(OnLoopback());

        setup.Up([First, Second]);
        RemoveFromLoopback(Second);
        Assert.Equal(["10.9.0.101/32 added to lo"], setup.Up([First, Second]).Changed);
    });

    [Fact]
    public void MachineRestarts_OldMemoryIsNotBelieved() => InNamespace(setup =>
    {
        setup.Up([First]);
        string memory = File.ReadAllText(MemoryPath);
        setup.Down([]);
        File.WriteAllText(MemoryPath, memory.Replace("\"bootId\": \"", "\"bootId\": \"former-", StringComparison.Ordinal));
        AddToLoopback(First);

        Assert.Empty(setup.Down([]).Changed);
        Assert.Equal(["10.9.0.100/32"], OnLoopback());
        Assert.Equal("no virtual IP is set up here: pointsman realserver up --vip ADDRESS", Assert.Single(setup.Status([]).Missing));
    });

    [Fact]
    public void MemoryIsDamaged_NothingIsTouched() => InNamespace(setup =>
    {
        File.WriteAllText(MemoryPath, "{");
        RealServerException refused = Assert.Throws<RealServerException>(() => setup.Up([First]));
        Assert.Contains(MemoryPath, refused.Message, StringComparison.Ordinal);
        Assert.Empty(OnLoopback());
    });

    [Fact]
    public void LoopbackIsDown_StatusSaysSo() => InNamespace(setup =>
    {
        setup.Up([First]);
        Ip("link set lo down");
        Assert.Contains("lo is down: it takes no packets (ip link set lo up)", setup.Status([]).Missing);
    });

    [Fact]
    public void AddressIsThereWithAWiderPrefix_IsPointedOut() => InNamespace(setup =>
    {
        Ip("addr add 10.9.0.100/24 dev lo");
        RealServerReport report = setup.Up([First]);
        Assert.Equal("10.9.0.100 is on lo with /24: its whole network is local then; /32 is meant", Assert.Single(report.Notes));
    });

    [Fact]
    public void Report_AsJson_NamesEverything()
    {
        var report = new RealServerReport { VirtualIps = ["10.9.0.100"], Missing = ["a thing"] };
        Assert.Equal(
            """{"virtualIps":["10.9.0.100"],"changed":[],"missing":["a thing"],"notes":[],"isWhole":false}""",
            string.Concat(RealServerText.ToJson(report).Where(c => c is not '\n')).Replace("  ", "", StringComparison.Ordinal)
                .Replace("\": ", "\":", StringComparison.Ordinal));
    }

    private static ImmutableArray<string> Settings() =>
        [.. new[] { AllIgnore, LoIgnore, AllAnnounce, LoAnnounce }.Select(name => Sysctl.TryRead(name) ?? "")];

    private static List<string> OnLoopback()
    {
        using var routes = new RouteClient();
        return
        [
            .. routes.Addresses(routes.FindLink("lo")!.Index)
                .Where(on => on.Prefix.Address.IsV4 && on.Scope == AddressScope.Global)
                .Select(on => on.Prefix.ToString()),
        ];
    }

    private static void AddToLoopback(IpAddress address)
    {
        using var routes = new RouteClient();
        routes.TryAddAddress(new InterfaceAddress(routes.FindLink("lo")!.Index, new IpPrefix(address, 32)));
    }

    private static void RemoveFromLoopback(IpAddress address)
    {
        using var routes = new RouteClient();
        routes.TryDeleteAddress(new InterfaceAddress(routes.FindLink("lo")!.Index, new IpPrefix(address, 32)));
    }

    // Started by the thread that is in the namespace, so the child is in it too.
    private static void Ip(string arguments)
    {
        using var process = System.Diagnostics.Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void InNamespace(Action<RealServerSetup> test)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        NetworkNamespace.InNew(() =>
        {
            Ip("link set lo up");
            test(new RealServerSetup(_directory));
            return true;
        });
    }
}
