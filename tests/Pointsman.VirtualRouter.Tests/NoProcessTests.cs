using Pointsman.VirtualRouter.Client;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>There is no process to be had for the role: no memory, no descriptors, or its program is away for a moment.</summary>
public sealed class NoProcessTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public NoProcessTests() => _node = new Node(_network.AddMachine(1), priority: 150);

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void ProgramIsAway_StartSaysSo_AndDoesNotThrow_AndLaterItRuns()
    {
        string program = Path.Combine(_node.RunDirectory, "program");
        var launch = new RoleLaunch(program, []);
        using var client = new VirtualRouterClient(launch, _ => { });
        Assert.False(client.Start(_node.Settings));
        Assert.Contains(program, client.StartFault, StringComparison.Ordinal);
        Assert.Null(client.ProcessId);

        File.WriteAllText(program, $"#!/bin/sh\nexec ip netns exec {_node.Machine} {Environment.ProcessPath} {RoleLaunch.CommandName}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.True(client.Start(_node.Settings));
        Assert.Null(client.StartFault);
        Node.WaitUntil(() => _node.HasVip, () => "no address");

        // One that serves is left in its place where no other can be made.
        File.Delete(program);
        Assert.False(client.Start(_node.Settings with { RealTimePriority = 45 }));
        Assert.True(_node.HasVip && client.RunsWith(_node.Settings));
        Assert.True(client.Stop(Node.Patience));
    }
}
