using Pointsman.App.Run;
using Pointsman.App.Trace;
using Pointsman.Base;
using Pointsman.Dataplane;
using Pointsman.Dataplane.Tracing;

namespace Pointsman.App.Tests.Trace;

/// <summary>Packets as they are typed, and what is told of a client's connections.</summary>
public sealed class PacketSpecTests
{
    [Fact]
    public void Everything_IsRead()
    {
        Assert.True(PacketSpec.TryParse(
            "tcp,src=192.0.2.9:4000,dst=192.168.1.200:80,flags=fin+ack,in=eth0,mac=02:00:00:00:00:09,ttl=3,size=100,mark=9", out PacketSpec? spec, out _));
        Assert.Equal(
            new TracePacket(TransportProtocol.Tcp, End("192.0.2.9", 4000), End("192.168.1.200", 80))
            {
                TcpFlags = 0x11, SourceMac = new MacAddress(0x02_00_00_00_00_09), Ttl = 3, PayloadBytes = 100, Mark = 9,
            },
            spec.Packet);
        Assert.Equal("eth0", spec.Interface);
    }

    [Fact]
    public void Ipv6AndUdp_WithoutAPort_HaveAnUsualOne()
    {
        Assert.True(PacketSpec.TryParse("UDP,src=2001:db8::9,dst=[2001:db8::200]:53", out PacketSpec? spec, out _));
        Assert.Equal((TransportProtocol.Udp, End("2001:db8::9", 40000)), (spec.Packet.Protocol, spec.Packet.Source));
    }

    [Fact]
    public void Sctp_IsAnInit_UnlessAChunkIsNamed()
    {
        Assert.True(PacketSpec.TryParse("sctp,src=192.0.2.9,dst=192.168.1.200:3868", out PacketSpec? spec, out _));
        Assert.Equal((TransportProtocol.Sctp, (byte)1), (spec.Packet.Protocol, spec.Packet.Chunk));
        Assert.True(PacketSpec.TryParse("sctp,src=192.0.2.9,dst=192.168.1.200:3868,chunk=cookie-echo", out spec, out _));
        Assert.Equal(10, spec.Packet.Chunk);
    }

    [Theory]
    [InlineData("sctp,src=1.2.3.4,dst=1.2.3.4:5,chunk=syn", "'syn' is no chunk of SCTP")]
    [InlineData("icmp,src=1.2.3.4,dst=1.2.3.4:5", "'icmp' is neither tcp, udp nor sctp")]
    [InlineData("tcp", "src and dst are needed")]
    [InlineData("tcp,src=1.2.3.4", "src and dst are needed")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8", "'5.6.7.8' is no address with a port")]
    [InlineData("tcp,src=1.2.3.4,dst=[fe80::1]:80", "src and dst are of different families")]
    [InlineData("tcp,src=www,dst=5.6.7.8:80", "'www' is no address")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,flags=urgent", "'urgent' are not flags of TCP")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,ttl=256", "'256' is no number up to 255")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,size=9001", "'9001' is no number up to 9000")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,mark=0", "'0' is no mark from 1 to 268435455")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,mark=268435456", "'268435456' is no mark from 1 to 268435455")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,mac=x", "'x' is no Ethernet address")]
    [InlineData("tcp,src=1.2.3.4,dst=5.6.7.8:80,vlan=3", "there is no 'vlan'")]
    [InlineData("tcp,src=1.2.3.4,dst", "'dst' has no value")]
    public void WhatCannotBeMeant_IsSaid(string text, string complaint)
    {
        Assert.False(PacketSpec.TryParse(text, out _, out string? why));
        Assert.StartsWith(complaint, why, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_NewChangedMovedAndOver_AreTold()
    {
        Assert.True(EndpointPattern.TryParse("192.0.2.9", out EndpointPattern client));
        var log = new FlowLog(client);
        Assert.Equal(["tcp 192.0.2.9:4000 -> 10.0.0.1:80 -> 10.0.0.2:80: new, SYN_RECV"], Look(log, Entry("SYN_RECV", 2)));
        Assert.Empty(Look(log, Entry("SYN_RECV", 2)));
        Assert.Equal(["tcp 192.0.2.9:4000 -> 10.0.0.1:80 -> 10.0.0.2:80: SYN_RECV -> ESTABLISHED"], Look(log, Entry("ESTABLISHED", 2)));
        Assert.Equal(["tcp 192.0.2.9:4000 -> 10.0.0.1:80 -> 10.0.0.3:80: moved from 10.0.0.2:80, SYN_RECV"], Look(log, Entry("SYN_RECV", 3)));
        Assert.Equal(["tcp 192.0.2.9:4000 -> 10.0.0.1:80 -> 10.0.0.3:80: over, was SYN_RECV"], Look(log));
    }

    [Fact]
    public void Report_IsALineForEachDecision()
    {
        using var text = new StringWriter();
        TraceText.Write(
            new TraceReport("TCP a -> b SYN", [new TraceStep("service", "found"), new TraceStep("next hop", "known")], "forwarded", "sent") { Notes = ["note-rescheduled"] },
            text);
        Assert.Equal(
            "TCP a -> b SYN\n  service          found\n  next hop         known\n  verdict          forwarded: sent\n  counted, too     note-rescheduled\n",
            text.ToString());
    }

    private static string[] Look(FlowLog log, params ConnectionEntry[] entries) => [.. log.Look(entries).Select(change => change.ToString())];

    private static ConnectionEntry Entry(string state, int server) => new(
        TransportProtocol.Tcp, End("192.0.2.9", 4000), End("10.0.0.1", 80), End($"10.0.0.{server}", 80), state, TimeSpan.FromSeconds(9), isTemplate: false);

    private static TransportEndpoint End(string address, ushort port) => new(IpAddress.Parse(address), port);
}
