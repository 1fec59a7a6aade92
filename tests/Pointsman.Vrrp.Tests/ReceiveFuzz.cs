using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.Vrrp.Watch;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

/// <summary>
/// A router with an instance of every kind that hears packets made by chance from those of its peers, in whatever state
/// they bring it to. Each packet counts once, and what is told of it can be worded. A run of fixed length from a fixed
/// seed is part of the tests; <c>FUZZ_COUNT</c> and <c>FUZZ_SEED</c> make it another.
/// </summary>
public sealed class ReceiveFuzz
{
    private const string Password = "1111";

    private static readonly IpAddress[] Strangers = [Lower, Higher];

    private static readonly VrrpInstanceSettings[] Kinds =
    [
        Instance("VI_1") with { AuthPass = Password },
        Instance("VI_2") with { AuthPass = Password, UsesAuthenticationHeader = true },
        Fast("VI_3") with { RivalProbeInterval = TimeSpan.FromSeconds(5) },
        OverIpv6("VI_4"),
        Fast("VI_5") with { UnicastPeers = [new UnicastPeer(Higher, 250, 255)], ChecksUnicastSource = true },
        Instance("VI_6") with { Nopreempt = true },
    ];

    // Nobody asks for them there: the instance listens always, and an unknown router id is nobody's packet.
    private static readonly VrrpDiscardReason[] NotMet =
        [VrrpDiscardReason.None, VrrpDiscardReason.NotListening, VrrpDiscardReason.VirtualRouterId];

    [Fact]
    public void PacketsMadeByChance_AreCountedOnceAndWorded()
    {
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out ulong given) ? given : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_COUNT"), out int asked) ? asked : 20_000;
        var random = new Prng(seed);
        var mutator = new PacketMutator(random, VrrpAdvert.EncodePassword(Password));
        var node = new RouterHarness(Kinds);
        var watched = new AdvertTable();
        node.Start();
        long nobodys = 0;
        uint sequence = 0;
        for (int round = 0; round < count; round++)
        {
            byte[] bytes = mutator.Mutate(Parent(random, ref sequence));
            try
            {
                watched.Hear(node.Now, "eth0", new MacAddress(1), isOwn: false, bytes);
                if (VrrpPacket.TryParse(bytes, out VrrpPacket packet) == VrrpPacketError.None)
                {
                    nobodys += Hear(node, packet) ? 0 : 1;
                }

                _ = node.Log.Count();
                Assert.All(watched.Rows.TakeLast(1), row => _ = $"{row.Addresses.Length} {row.Error}");
                node.Advance(random.NextSpan(TimeSpan.FromMilliseconds(300)));
                _ = node.Log.Count();
            }
            catch (Exception mistake)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexStringLower(bytes)}", mistake);
            }
        }

        // A run that reaches only some of the code proves little.
        Assert.All(node.Router.Instances, instance => Assert.True(
            instance.Counters is { AdvertsReceived: > 100, BecameMaster: > 10, ReleasedMaster: > 10, PriorityZeroReceived: > 0 },
            $"{instance.Settings.Name}: {instance.Counters.AdvertsReceived} heard, {instance.Counters.BecameMaster} times master"));
        Assert.All(
            Enum.GetValues<VrrpDiscardReason>().Except(NotMet),
            reason => Assert.True(node.Router.Instances.Sum(instance => instance.Counters.Discarded(reason)) > 0, $"{reason}"));
        Assert.True(nobodys > 100);
    }

    // False when it is nobody's.
    private static bool Hear(RouterHarness node, in VrrpPacket packet)
    {
        node.Actions.Clear();
        var received = ReceivedAdvert.From(packet, MacOf(packet.Path.Source));
        if (!node.Router.TryFindInstance("eth0", packet, out int index))
        {
            node.Router.OnOtherRouterId(node.Now, "eth0", received, node.Actions);
            return false;
        }

        VrrpCounters counters = node.Router.Instances[index].Counters;
        long before = Counted(counters);
        node.Router.OnAdvert(node.Now, index, received, node.Actions);
        Assert.Equal(before + 1, Counted(counters));
        return true;
    }

    private static long Counted(VrrpCounters counters) =>
        counters.AdvertsReceived + Enum.GetValues<VrrpDiscardReason>().Sum(counters.Discarded);

    private static byte[] Parent(Prng random, ref uint sequence)
    {
        VrrpInstanceSettings kind = Kinds[random.NextInt(Kinds.Length)];
        IpAddress from = kind.Family == IpFamily.V6 ? (random.OneIn(2) ? HigherV6 : IpAddress.Parse("fe80::1"))
            : random.OneIn(20) ? Own : Strangers[random.NextInt(2)];
        byte priority = random.OneIn(8) ? (byte)0 : random.OneIn(2) ? (byte)100 : (byte)random.NextInt(256);
        uint number = random.OneIn(4) ? sequence / 2 : ++sequence;
        byte[] packet = Packet(
            kind with { UnicastPeers = kind.UnicastPeers.IsEmpty ? [] : [new UnicastPeer(Own, null, null)] }, priority, from, number);
        return kind.UsesAuthenticationHeader && random.OneIn(8) ? WithoutAuthenticationHeader(packet) : packet;
    }

    private static byte[] WithoutAuthenticationHeader(byte[] packet)
    {
        byte[] shorter = [.. packet[..Ipv4Header.LengthBytes], .. packet[(Ipv4Header.LengthBytes + IpAuthenticationHeader.LengthBytes)..]];
        Ipv4Header.TryParse(packet, out Ipv4Header header);
        (header with { Protocol = VrrpAdvert.IpProtocol, TotalLengthBytes = shorter.Length }).Write(shorter);
        return shorter;
    }
}
