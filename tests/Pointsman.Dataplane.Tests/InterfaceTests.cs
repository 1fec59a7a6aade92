using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>Interfaces that come, go, or do not take the program as it is wanted.</summary>
public sealed class InterfaceTests : IDisposable
{
    private readonly TestPlane _plane = new();
    private readonly string _name = $"dataplane-{Environment.ProcessId}-if";

    public InterfaceTests()
    {
        Ip($"netns add {_name}");
        Ip($"-n {_name} link add small type veth peer name smallfar");
        Ip($"-n {_name} link add large mtu 9000 type veth peer name largefar mtu 9000");
    }

    [Fact]
    public void FrameSizeIsTooLargeForNativeMode_GenericIsUsed_AndItSaysSo()
    {
        Apply("small", "large");

        Assert.Equal(
            [AttachMode.Native, AttachMode.Generic],
            new[] { "small", "large" }.Select(name => _plane.Plane.Interfaces.Single(i => i.Index == IndexOf(name)).Mode));
        Assert.Contains("large has no native XDP", Assert.Single(_plane.Plane.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void InterfaceLeavesThePlan_IsDetached()
    {
        Apply("small", "large");
        Apply("large");
        Assert.Equal(IndexOf("large"), Assert.Single(_plane.Plane.Interfaces).Index);
        Assert.Single(Directory.GetFiles(Path.Combine(_plane.Pins, "links")));
        Apply();
        Assert.Empty(_plane.Plane.Interfaces);
    }

    [Fact]
    public void InterfaceIsDeleted_NextPlanGoesOnWithoutIt()
    {
        Apply("small", "large");
        Ip($"-n {_name} link del small");
        Apply("large");
        Assert.Equal(IndexOf("large"), Assert.Single(_plane.Plane.Interfaces).Index);
        Assert.Single(Directory.GetFiles(Path.Combine(_plane.Pins, "links")));
    }

    [Fact]
    public void InterfaceIsDeletedWhileNobodyRuns_TheNextDaemonForgetsIt()
    {
        Apply("small", "large");
        Ip($"-n {_name} link del small");
        _plane.Restart();
        Assert.Equal(IndexOf("large"), Assert.Single(_plane.Plane.Interfaces).Index);
    }

    [Fact]
    public void AnotherProgramIsThere_IsRefusedWithTheRemedy()
    {
        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        bpf.Load();
        using BpfProgram other = bpf.TakeProgram("pm_pass");
        using XdpLink link = In(() => XdpLink.Attach(other, IndexIn("small"), native: true));

        var refused = Assert.Throws<DataplaneException>(() => Apply("small"));

        Assert.Equal(
            "another XDP program is attached to small: remove it (ip link set dev small xdp off)", refused.Message);
    }

    public void Dispose()
    {
        _plane.Dispose();
        Ip($"netns del {_name}");
    }

    private static int IndexIn(string name)
    {
        using var routes = new RouteClient();
        return routes.FindLink(name)!.Index;
    }

    private static void Ip(string arguments)
    {
        using Process process = Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments} failed");
    }

    private T In<T>(Func<T> work) => NetworkNamespace.InNamed(_name, work);

    private int IndexOf(string name) => In(() => IndexIn(name));

    private void Apply(params string[] names) => In(() =>
    {
        _plane.Plane.Apply(TestPlane.Plan(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)))
            with { InterfaceIndexes = [.. names.Select(IndexIn)] });
        return 0;
    });
}
