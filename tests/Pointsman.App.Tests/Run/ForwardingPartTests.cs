using System.Diagnostics;
using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Probes;

namespace Pointsman.App.Tests.Run;

/// <summary>The data path as the daemon holds it: what it has to say is told when it happens.</summary>
public sealed class ForwardingPartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-forwarding-").FullName;
    private readonly string _pins = $"/sys/fs/bpf/pointsman-app-test-{Environment.ProcessId}";
    private readonly string _link = $"pmapp{Environment.ProcessId}";
    private readonly List<string> _told = [];

    // Its frames are too large for the native mode of a veth.
    [Fact]
    public void InterfaceInTheGenericMode_IsToldOfWhenItIsAttached_Once()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "attaches a program to an interface: root only");
        Ip($"link add {_link} mtu 9000 type veth peer name {_link}x mtu 9000");
        try
        {
            using ForwardingPart part = Open(connections: 5000);
            Assert.Empty(_told);
            int index = int.Parse(File.ReadAllText($"/sys/class/net/{_link}/ifindex"), CultureInfo.InvariantCulture);
            part.Apply(new ForwardingPlan([], [], [index]));
            part.Apply(new ForwardingPlan([], [], [index]));
            Assert.Contains($"{_link} has no native XDP", Assert.Single(_told), StringComparison.Ordinal);
            part.Purge();
        }
        finally
        {
            Ip($"link del {_link}");
        }
    }

    [Fact]
    public void TableOfAnotherSizeIsWanted_ItKeepsItsOwn_AndIsToldOf()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "makes tables in the kernel: root only");
        using ForwardingPart part = Open(connections: 5000);
        part.WantSize(8000);
        Assert.Empty(_told);
        part.WantSize(8193);
        Assert.Equal(
            "the connection table keeps its size of 8192 until the daemon is stopped in order and started again; it would be 16384 then",
            Assert.Single(_told));

        using (ForwardingPart next = Open(connections: 1024))
        {
            Assert.True(next.Adopted);
            Assert.Contains("keeps its size of 8192", _told[^1], StringComparison.Ordinal);
        }

        part.Purge();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ForwardingPart Open(int connections) =>
        ForwardingPart.Open(new RunPaths(_folder, _pins), connections, new ScriptSecurity(_ => { }), _ => { }, _told.Add);

    private static void Ip(string arguments)
    {
        using Process ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }
}
