using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary>Servers that misbehave: a TCP_CHECK asks whether a connection can be made, and nothing more.</summary>
public sealed class HostileServerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Accepts_AndIsSilent_IsASuccessAtOnce()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        Task<Socket> accepting = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();

        var success = Assert.IsType<ProbeOutcome.Success>(await TcpProbe.RunAsync(Requests.Tcp(TcpProbeTests.EndpointOf(listener), Long)));

        Assert.True(success.Duration < Long);
        (await accepting).Dispose();
    }

    [Fact]
    public async Task Accepts_AndResets_IsNoFault()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        using var stop = new CancellationTokenSource();
        Task resetting = AcceptEachAsync(listener, ResetAsync, stop.Token);
        for (int i = 0; i < 200; i++)
        {
            // The reset may come before we have looked at the connection: keepalived counts that as a failure too.
            ProbeOutcome outcome = await TcpProbe.RunAsync(Requests.Tcp(TcpProbeTests.EndpointOf(listener), Long));
            Assert.True(outcome is ProbeOutcome.Success or ProbeOutcome.Reset, outcome.ToString());
        }

        await stop.CancelAsync();
        await resetting;
    }

    [Fact]
    public async Task Accepts_AndFloods_IsASuccessAndEndsSoon()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        using var stop = new CancellationTokenSource();
        Task flooding = AcceptEachAsync(listener, FloodAsync, stop.Token);

        ProbeOutcome outcome = await TcpProbe.RunAsync(Requests.Tcp(TcpProbeTests.EndpointOf(listener), Long))
            .WaitAsync(Long, TestContext.Current.CancellationToken);

        Assert.IsType<ProbeOutcome.Success>(outcome);
        await stop.CancelAsync();
        await flooding;
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    public async Task NoWayThere_Unreachable(string address)
    {
        // The kernel has no TCP route to a broadcast or multicast address, whatever the host's own routes are.
        var target = new TransportEndpoint(IpAddress.Parse(address), 80);

        var unreachable = Assert.IsType<ProbeOutcome.Unreachable>(await TcpProbe.RunAsync(Requests.Tcp(target, Long)));

        Assert.Equal("unreachable: Network is unreachable", unreachable.Reason);
    }

    private static async Task AcceptEachAsync(Socket listener, Func<Socket, CancellationToken, Task> serve, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync(stop);
                await serve(client, stop);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // The probe hung up in the middle of the flood, or the test is over.
        }
    }

    private static Task ResetAsync(Socket client, CancellationToken stop)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        return Task.CompletedTask;
    }

    private static async Task FloodAsync(Socket client, CancellationToken stop)
    {
        var noise = new byte[64 * 1024];
        while (true)
        {
            await client.SendAsync(noise, stop);
        }
    }
}
