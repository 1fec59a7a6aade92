using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>Random frames of IPv6: never balanced unless a second, slower judge agrees, always counted once.</summary>
[Collection(PlaneCollection.Name)]
public sealed class Fuzz6Tests(SharedPlane shared)
{
    private const int Ip = Frame.EthernetBytes;
    private const int HeaderBytes = 40;
    private const byte Fragmentation = 44;
    private const byte Authentication = 51;
    private const int MostExtensions = 6;
    private static readonly byte[] s_extensions = [0, 43, Fragmentation, Authentication, 60];
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(1, ForwardingMethod.DirectRoute)]
    [InlineData(2, ForwardingMethod.Masquerade)]
    [InlineData(3, ForwardingMethod.Tunnel)]
    public void RandomFrames_OnlyGoodOnesAreBalanced_EachIsCountedOnce(ulong seed, ForwardingMethod method)
    {
        const int Count = 20_000;
        var random = new Prng(seed);
        PlannedService service = TestPlane.Six(TestPlane.Service(SchedulerKind.Wlc, [.. TestPlane.Servers(4)]));
        var tunnel = new TunnelEnd(TunnelKind.Gre, IpAddress.Parse("2001:db8:a::200"), 1500);
        _plane.Apply(service with
        {
            Servers = [.. service.Servers.Select(server => server with
            {
                Method = method,
                Tunnel = method == ForwardingMethod.Tunnel ? tunnel : null,
            })],
        });
        long before = Counted();
        int balanced = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] frame = Mutate(random);
            var output = new byte[frame.Length + 128];

            XdpRun run = _plane.Run(frame, output);

            Assert.True(run.Action != XdpAction.Aborted, $"seed {seed}, frame {i}");
            if (run.Action is XdpAction.Tx or XdpAction.Redirect)
            {
                balanced++;
                Assert.True(IsGood(frame), $"seed {seed}, frame {i}: {Convert.ToHexString(frame)}");

                // Of a packet that has come too far its sender is told, and it goes nowhere.
                bool isTold = output[Ip + 6] == 58 && output[Ip + HeaderBytes] == 3;
                Assert.Equal(frame[Ip + 7] <= 1, isTold);
            }
            else
            {
                Assert.Equal(frame, output[..run.SizeBytes]);
            }
        }

        Assert.Equal(before + Count, Counted());
        Assert.InRange(balanced, Count / 50, Count - 1);
    }

    private static byte[] Mutate(Prng random)
    {
        byte[] frame = new Frame
        {
            Source = "2001:db8:c::5",
            Target = TestPlane.Vip6,
            SourcePort = (ushort)(1000 + random.NextInt(64)),
            Flags = (TcpFlags)random.NextInt(32),
            PayloadBytes = random.NextInt(40),
            PaddingBytes = random.NextInt(10),
            Protocol = random.OneIn(8) ? (byte)random.NextInt(256) : (byte)6,
            TargetPort = random.OneIn(8) ? (ushort)random.NextInt(65536) : (ushort)80,
            Extensions = [.. Enumerable.Range(0, random.OneIn(2) ? 0 : random.NextInt(8)).Select(_ => Extension(random))],
        }.Build();
        for (int changes = random.NextInt(4); changes > 0; changes--)
        {
            frame[random.NextInt(frame.Length)] = (byte)random.NextUInt64();
        }

        return random.OneIn(6) ? frame[..Math.Max(Ip, random.NextInt(frame.Length))] : frame;
    }

    private static (byte Type, byte[] Tail) Extension(Prng random)
    {
        byte type = random.OneIn(10) ? Fragmentation : s_extensions[random.NextInt(s_extensions.Length)];
        if (type == Fragmentation)
        {
            return (type, random.OneIn(3) ? [0, 0, 1, 0, 0, 0, 7] : new byte[7]);
        }

        int bytes = 8 * (1 + random.NextInt(3));
        var tail = new byte[bytes - 1];
        tail[0] = (byte)(type == Authentication ? (bytes / 4) - 2 : (bytes / 8) - 1);
        return (type, tail);
    }

    // RFC 8200 §3, §4, read once more and not from the program.
    private static bool IsGood(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Ip + HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x86dd)
        {
            return false;
        }

        ReadOnlySpan<byte> ip = frame[Ip..];
        int totalBytes = HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        if (ip[0] >> 4 != 6 || totalBytes > ip.Length || IpAddress.FromBytes(ip.Slice(24, 16)).ToString() != TestPlane.Vip6)
        {
            return false;
        }

        byte next = ip[6];
        int at = HeaderBytes;
        for (int count = 0; s_extensions.Contains(next); count++)
        {
            if (at + 8 > ip.Length)
            {
                return false;
            }

            if (next == Fragmentation && (BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]) & 0xfff8) != 0)
            {
                return true; // it may go after a first one
            }

            if (count == MostExtensions)
            {
                return false;
            }

            int bytes = next == Fragmentation ? 8 : next == Authentication ? (ip[at + 1] + 2) * 4 : (ip[at + 1] + 1) * 8;
            next = ip[at];
            at += bytes;
        }

        return next == 6 && at + Frame.TcpBytes <= totalBytes
            && BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]) == 80
            && ip[at + 12] >> 4 >= 5;
    }

    private long Counted() => _plane.Plane.ReadSnapshot().Verdicts
        .Where(pair => !pair.Key.StartsWith("note-", StringComparison.Ordinal))
        .Sum(pair => pair.Value);
}
