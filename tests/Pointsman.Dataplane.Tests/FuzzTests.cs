using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>Random frames: never balanced unless a second, slower judge agrees, always counted once.</summary>
[Collection(PlaneCollection.Name)]
public sealed class FuzzTests(SharedPlane shared)
{
    private const int Ip = Frame.EthernetBytes;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomFrames_OnlyGoodOnesAreBalanced_EachIsCountedOnce(ulong seed)
    {
        const int Count = 20_000;
        var random = new Prng(seed);
        _plane.Apply(TestPlane.Service(SchedulerKind.Wlc, [.. TestPlane.Servers(4)]));
        long before = Counted();
        int balanced = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] frame = Mutate(random);
            var output = new byte[frame.Length + 64];

            XdpRun run = _plane.Run(frame, output);

            Assert.True(run.Action != XdpAction.Aborted, $"seed {seed}, frame {i}");
            if (run.Action is XdpAction.Tx or XdpAction.Redirect)
            {
                balanced++;
                Assert.True(IsGood(frame), $"seed {seed}, frame {i}: {Convert.ToHexString(frame)}");
                Assert.Equal(0xffff, Frame.Sum(output.AsSpan(Ip, (output[Ip] & 15) * 4)));

                // Of a packet that has come too far its sender is told, and it goes nowhere.
                bool isSpent = frame[Ip + 8] <= 1;
                Assert.Equal(isSpent ? (1, 11) : (6, output[Ip + 20]), (output[Ip + 9], output[Ip + 20]));
                Assert.True(isSpent || run.SizeBytes == frame.Length, $"seed {seed}, frame {i}");
            }
            else
            {
                Assert.Equal(frame, output[..run.SizeBytes]);
            }
        }

        Assert.Equal(before + Count, Counted());
        Assert.InRange(balanced, Count / 50, Count - 1);
    }

    [Fact]
    public void FramesOfNoise_AreNeverBalanced_EachIsCountedOnce()
    {
        const int Count = 20_000;
        var random = new Prng(4);
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        long before = Counted();
        for (int i = 0; i < Count; i++)
        {
            var frame = new byte[Ip + random.NextInt(80)];
            for (int at = 0; at < frame.Length; at++)
            {
                frame[at] = (byte)random.NextUInt64();
            }

            if (random.NextInt(3) is var kind and < 2)
            {
                (frame[12], frame[13]) = (8, (byte)(6 * kind)); // IPv4 or ARP
            }

            if (frame.Length >= Ip + 20 && random.OneIn(2))
            {
                IpAddress.Parse(TestPlane.Vip).WriteBytes(frame.AsSpan(Ip + 16));
            }

            Assert.True(_plane.Run(frame, new byte[frame.Length]).Action is XdpAction.Pass or XdpAction.Drop);
        }

        Assert.Equal(before + Count, Counted());
    }

    private static byte[] Mutate(Prng random)
    {
        byte[] frame = new Frame
        {
            SourcePort = (ushort)(1000 + random.NextInt(64)),
            Flags = (TcpFlags)random.NextInt(32),
            OptionBytes = 4 * random.NextInt(11),
            PayloadBytes = random.NextInt(40),
            PaddingBytes = random.NextInt(10),
            Protocol = random.OneIn(8) ? (byte)random.NextInt(256) : (byte)6,
            TargetPort = random.OneIn(8) ? (ushort)random.NextInt(65536) : (ushort)80,
        }.Build();
        for (int changes = random.NextInt(4); changes > 0; changes--)
        {
            frame[random.NextInt(frame.Length)] = (byte)random.NextUInt64();
        }

        // Without a right checksum hardly anything would come past the first judgement.
        int headerBytes = (frame[Ip] & 15) * 4;
        if (!random.OneIn(4) && headerBytes >= 20 && Ip + headerBytes <= frame.Length)
        {
            Frame.WriteChecksum(frame.AsSpan(Ip, headerBytes));
        }

        return random.OneIn(6) ? frame[..Math.Max(Ip, random.NextInt(frame.Length))] : frame;
    }

    // RFC 791 §3.1 and RFC 9293 §3.1, read once more and not from the program. A later fragment goes after a first one.
    private static bool IsGood(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Ip + 20 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800)
        {
            return false;
        }

        ReadOnlySpan<byte> ip = frame[Ip..];
        int headerBytes = (ip[0] & 15) * 4;
        int totalBytes = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        bool isLater = (fragment & 0x1fff) != 0;
        if (ip[0] >> 4 != 4 || headerBytes < 20 || totalBytes < headerBytes + (isLater ? 0 : 20) || totalBytes > ip.Length
            || (ip[8] <= 1 && isLater) || ip[9] != 6 || Frame.Sum(ip[..headerBytes]) != 0xffff)
        {
            return false;
        }

        ReadOnlySpan<byte> tcp = ip[headerBytes..totalBytes];
        return IpAddress.FromBytes(ip.Slice(16, 4)).ToString() == TestPlane.Vip
            && (isLater || (BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]) == 80 && tcp[12] >> 4 >= 5));
    }

    private long Counted() => _plane.Plane.ReadSnapshot().Verdicts
        .Where(pair => !pair.Key.StartsWith("note-", StringComparison.Ordinal))
        .Sum(pair => pair.Value);
}
