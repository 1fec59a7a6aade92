using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class TcpProbeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task SomebodyListens_Success()
    {
        using Socket listener = Listen(IPAddress.Loopback);

        var success = Assert.IsType<ProbeOutcome.Success>(await TcpProbe.RunAsync(Requests.Tcp(EndpointOf(listener), Long)));
        Assert.InRange(success.Duration, TimeSpan.FromTicks(1), Long);
    }

    [Fact]
    public async Task SomebodyListens_OnIpv6_Success()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this host has no IPv6");
        using Socket listener = Listen(IPAddress.IPv6Loopback);

        Assert.IsType<ProbeOutcome.Success>(await TcpProbe.RunAsync(Requests.Tcp(EndpointOf(listener), Long)));
    }

    [Fact]
    public async Task NobodyListens_Refused()
    {
        TransportEndpoint closed;
        using (Socket listener = Listen(IPAddress.Loopback))
        {
            closed = EndpointOf(listener);
        }

        Assert.IsType<ProbeOutcome.Refused>(await TcpProbe.RunAsync(Requests.Tcp(closed, Long)));
    }

    [Fact]
    public async Task ServerDoesNotAnswer_TimedOut()
    {
        using FullBacklog hung = await FullBacklog.StartAsync();

        Assert.IsType<ProbeOutcome.TimedOut>(await TcpProbe.RunAsync(Requests.Tcp(hung.Endpoint, TimeSpan.FromMilliseconds(50))));
    }

    [Fact]
    public async Task Bind_ConnectionComesFromThere()
    {
        using Socket listener = Listen(IPAddress.Loopback);

        await TcpProbe.RunAsync(Requests.Tcp(EndpointOf(listener), Long, IpAddress.Parse("127.0.0.5")));

        using Socket accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(IPAddress.Parse("127.0.0.5"), ((IPEndPoint)accepted.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task Bind_ToAnAddressNotHere_IsAnErrorOfOurs()
    {
        using Socket listener = Listen(IPAddress.Loopback);

        Assert.IsType<ProbeOutcome.Error>(await TcpProbe.RunAsync(Requests.Tcp(EndpointOf(listener), Long, IpAddress.Parse("192.0.2.77"))));
    }

    [Fact]
    public async Task Success_ServerSeesAPoliteEndAndNoReset()
    {
        using Socket listener = Listen(IPAddress.Loopback);

        await TcpProbe.RunAsync(Requests.Tcp(EndpointOf(listener), Long));

        using Socket accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, typeof(ProbeOutcome.Refused))]
    [InlineData(SocketError.ConnectionReset, typeof(ProbeOutcome.Reset))]
    [InlineData(SocketError.NotConnected, typeof(ProbeOutcome.Reset))]
    [InlineData(SocketError.TimedOut, typeof(ProbeOutcome.TimedOut))]
    [InlineData(SocketError.HostUnreachable, typeof(ProbeOutcome.Unreachable))]
    [InlineData(SocketError.NetworkUnreachable, typeof(ProbeOutcome.Unreachable))]
    [InlineData(SocketError.TooManyOpenSockets, typeof(ProbeOutcome.Error))]
    public void KernelError_BecomesItsOutcome(SocketError error, Type outcome) =>
        Assert.IsType(outcome, ProbeSocket.Classify(new SocketException((int)error)));

    internal static Socket Listen(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    internal static TransportEndpoint EndpointOf(Socket listener)
    {
        var local = (IPEndPoint)listener.LocalEndPoint!;
        return new TransportEndpoint(IpAddress.FromBytes(local.Address.GetAddressBytes()), (ushort)local.Port);
    }
}
