using System.Diagnostics;
using Pointsman.Linux.Network;
using Xunit;

namespace Pointsman.Linux.Tests;

/// <summary>Two network namespaces joined by a veth pair (v0 in each), removed when disposed.</summary>
internal sealed class Namespaces : IDisposable
{
    private static int s_count;

    private Namespaces(string left, string right)
    {
        Left = left;
        Right = right;
    }

    internal string Left { get; }

    internal string Right { get; }

    internal static Namespaces Create()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        string stem = $"linux-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        var pair = new Namespaces(stem + "a", stem + "b");
        Ip($"netns add {pair.Left}");
        Ip($"netns add {pair.Right}");
        Ip($"-n {pair.Left} link add v0 type veth peer name v0 netns {pair.Right}");
        foreach ((string name, string address) in new[] { (pair.Left, "192.0.2.1/24"), (pair.Right, "192.0.2.2/24") })
        {
            Ip($"-n {name} link set lo up");
            Ip($"-n {name} link set v0 up");
            Ip($"-n {name} addr add {address} dev v0");
        }

        return pair;
    }

    internal static void Ip(string arguments)
    {
        using Process process = Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The index of v0 in a namespace.</summary>
    internal static int Index(string name) => NetworkNamespace.InNamed(
        name,
        () =>
        {
            using var client = new RouteClient();
            return client.FindLink("v0")!.Index;
        });

    public void Dispose()
    {
        Ip($"netns del {Left}");
        Ip($"netns del {Right}");
    }
}
