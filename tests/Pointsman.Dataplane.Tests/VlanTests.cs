using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>What leaves by a VLAN's interface gets its tags here; the interface below is the loopback.</summary>
[Collection(PlaneCollection.Name)]
public sealed class VlanTests(SharedPlane shared)
{
    private const int Vlan = 4077;
    private const ushort Provider = 0x88a8;
    private const int TypeAt = 12;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(false, ForwardingMethod.DirectRoute, false)]
    [InlineData(false, ForwardingMethod.DirectRoute, true)]
    [InlineData(true, ForwardingMethod.DirectRoute, false)]
    [InlineData(false, ForwardingMethod.Masquerade, false)]
    [InlineData(true, ForwardingMethod.Masquerade, true)]
    [InlineData(false, ForwardingMethod.Tunnel, false)]
    [InlineData(true, ForwardingMethod.Tunnel, true)]
    public void ServerOnAVlan_FrameGetsItsTags_AndIsOtherwiseTheSame(bool isV6, ForwardingMethod method, bool isWithin)
    {
        byte[] untagged = Send(isV6, method, TestPlane.Loopback, null, "forwarded");
        PmTags tags = new()
        {
            Device = TestPlane.Loopback,
            Proto = new Be16(isWithin ? Provider : VlanTag.Customer),
            Tci = new Be16(100),
            InnerProto = new Be16((ushort)(isWithin ? VlanTag.Customer : 0)),
            InnerTci = new Be16((ushort)(isWithin ? 7 : 0)),
        };
        byte[] tagged = Send(isV6, method, Vlan, tags, "forwarded");

        byte[] expected = isWithin ? [0x88, 0xa8, 0, 100, 0x81, 0, 0, 7] : [0x81, 0, 0, 100];
        Assert.Equal(untagged[..TypeAt], tagged[..TypeAt]);
        Assert.Equal(expected, tagged[TypeAt..(TypeAt + expected.Length)]);
        Assert.Equal(untagged[TypeAt..], tagged[(TypeAt + expected.Length)..]);
    }

    [Fact]
    public void InterfaceBelowIsNotKnown_IsDroppedAndCounted() => Send(
        isV6: false,
        ForwardingMethod.DirectRoute,
        Vlan,
        new PmTags { Device = 4078, Proto = new Be16(VlanTag.Customer), Tci = new Be16(100) },
        "redirect-failed");

    // Between a change of the host's VLANs and the plan after it.
    [Fact]
    public void TagsAreMissing_IsDroppedAndCounted_NotSentUntagged() => Send(
        isV6: false,
        ForwardingMethod.DirectRoute,
        Vlan,
        new PmTags { Device = TestPlane.Loopback },
        "redirect-failed",
        isForgotten: true);

    [Fact]
    public void TagsOfAHost()
    {
        NetworkLink Link(int index, int parent, VlanTag? vlan) =>
            new(index, $"l{index}", null, true, true, 1500, false, true) { ParentIndex = parent, Vlan = vlan };
        Dictionary<uint, PmTags> tags = VlanInterfaces.TagsOf(
        [
            Link(2, 0, null),
            Link(3, 2, new VlanTag(VlanTag.Customer, 100)),
            Link(4, 2, new VlanTag(Provider, 200)),
            Link(5, 4, new VlanTag(VlanTag.Customer, 7)),
            Link(6, 5, new VlanTag(VlanTag.Customer, 8)), // three: no frame is made for it
            Link(7, 0, null),
        ]);

        Assert.Equal([3u, 4u, 5u], tags.Keys.Order());
        Assert.Equal((2u, VlanTag.Customer, 100, 0), Read(tags[3]));
        Assert.Equal((2u, Provider, 200, 0), Read(tags[4]));
        Assert.Equal((2u, Provider, 200, 7), Read(tags[5]));
        static (uint, ushort, int, int) Read(PmTags tag) =>
            (tag.Device, tag.Proto.Value, tag.Tci.Value, tag.InnerTci.Value);
    }

    private byte[] Send(bool isV6, ForwardingMethod method, int interfaceIndex, PmTags? tags, string verdict, bool isForgotten = false)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, interfaceIndex: interfaceIndex) with
        {
            Method = method,
            Tunnel = method == ForwardingMethod.Tunnel
                ? new TunnelEnd(TunnelKind.Ipip, IpAddress.Parse(isV6 ? "2001:db8:a::200" : "10.0.0.200"), 1500) : null,
        });
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
        if (tags is { } some)
        {
            _plane.WithTables(tables =>
            {
                tables.Tags.Update((uint)interfaceIndex, some);
                tables.Servers[tables.UsedSlots().Single(slot => tables.Servers[slot].Ifindex == interfaceIndex)].Flags |= (ushort)PmServerFlag.Tagged;
                if (isForgotten)
                {
                    tables.Devices.Update((uint)interfaceIndex, some.Device);
                    tables.Tags.TryDelete((uint)interfaceIndex);
                }
            });
        }

        byte[] frame = new Frame
        {
            Source = isV6 ? "2001:db8:c::5" : "203.0.113.5",
            Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
            Flags = TcpFlags.Syn,
            Fragment = isV6 ? (ushort)0 : (ushort)0x4000,      // else a tunnel's packets have each a number of their own
            PayloadBytes = 40,
        }.Build();
        var output = new byte[frame.Length + 64];
        long before = _plane.Plane.ReadSnapshot().Verdicts[verdict];
        XdpRun run = _plane.Run(frame, output);
        Assert.Equal(before + 1, _plane.Plane.ReadSnapshot().Verdicts[verdict]);
        return output[..run.SizeBytes];
    }
}
