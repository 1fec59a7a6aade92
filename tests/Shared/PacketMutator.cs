using System.Buffers.Binary;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Tests;

/// <summary>
/// Changes IP packets with a VRRP message by chance. Most of them get sums and lengths that fit again: else a parser would
/// refuse nearly all at its first sum, and what is behind it would never be tried.
/// </summary>
internal sealed class PacketMutator(Prng random, byte[] authenticationKey)
{
    // Behind an IPv4 header without options.
    private const int SequenceNumberAt = 20 + 8;

    private static readonly byte[] Telling = [0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff];

    public byte[] Mutate(byte[] packet)
    {
        byte[] bytes = [.. packet];
        for (int change = random.NextInt(4); change >= 0; change--)
        {
            bytes = Change(bytes);
        }

        if (!random.OneIn(4))
        {
            MakeFit(bytes, packet);
        }

        return bytes;
    }

    private byte[] Change(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return Noise();
        }

        int at = random.NextInt(bytes.Length);
        switch (random.NextInt(8))
        {
            case 0: bytes[at] ^= (byte)(1 << random.NextInt(8)); return bytes;
            case 1: bytes[at] = (byte)random.NextInt(256); return bytes;
            case 2: bytes[at] = Telling[random.NextInt(Telling.Length)]; return bytes;
            case 3: return bytes[..at];
            case 4: return [.. bytes, .. Noise()];
            case 5: return [.. bytes[..at], .. Noise(), .. bytes[at..]];
            default:
                // The head of the message, which decides most.
                int head = MessageAt(bytes) + random.NextInt(8);
                if (head < bytes.Length)
                {
                    bytes[head] = random.OneIn(2) ? Telling[random.NextInt(Telling.Length)] : (byte)(bytes[head] + random.NextInt(3) - 1);
                }

                return bytes;
        }
    }

    private byte[] Noise()
    {
        var noise = new byte[random.NextInt(24)];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = (byte)random.NextInt(256);
        }

        return noise;
    }

    private static int MessageAt(byte[] packet)
    {
        if (packet[0] >> 4 == 6)
        {
            return 40;
        }

        int headerLengthBytes = (packet[0] & 0x0f) * 4;
        return headerLengthBytes + (packet.Length > 9 && packet[9] == IpAuthenticationHeader.IpProtocol ? IpAuthenticationHeader.LengthBytes : 0);
    }

    private void MakeFit(byte[] packet, byte[] original)
    {
        bool isV6 = packet.Length >= 40 && packet[0] >> 4 == 6;
        if (!isV6 && packet.Length < 20)
        {
            return;
        }

        if (random.OneIn(2))
        {
            int at = isV6 ? 4 : 2;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), (ushort)(packet.Length - (isV6 ? 40 : 0)));
        }

        int messageAt = MessageAt(packet);
        if (messageAt + 8 <= packet.Length)
        {
            MakeMessageFit(packet, messageAt, isV6);
        }

        if (isV6)
        {
            return;
        }

        int headerLengthBytes = (packet[0] & 0x0f) * 4;
        if (packet[9] == IpAuthenticationHeader.IpProtocol && !random.OneIn(4)
            && headerLengthBytes >= 20 && headerLengthBytes + IpAuthenticationHeader.LengthBytes <= packet.Length)
        {
            // With the right digest, a far too high number would use up all that follow.
            original.AsSpan(SequenceNumberAt, Math.Clamp(original.Length - SequenceNumberAt, 0, 4))
                .CopyTo(packet.AsSpan(headerLengthBytes + 8));
            IpAuthenticationHeader.Seal(packet, headerLengthBytes, authenticationKey);
        }

        if (headerLengthBytes >= 20 && headerLengthBytes <= packet.Length)
        {
            Store(packet.AsSpan(0, headerLengthBytes), at: 10, before: []);
        }
    }

    private void MakeMessageFit(byte[] packet, int messageAt, bool isV6)
    {
        Span<byte> message = packet.AsSpan(messageAt);
        int addresses = message[3] * (isV6 ? 16 : 4);
        int lengthBytes = 8 + addresses + (message[0] >> 4 == 2 ? 8 : 0);

        // What is behind the message is padding, and not part of the sum.
        message = lengthBytes <= message.Length ? message[..lengthBytes] : message;

        // Old keepalived took the group for the destination of every packet.
        byte[] ends = isV6 ? packet[8..40] : random.OneIn(4) ? [.. packet[12..16], 224, 0, 0, 18] : packet[12..20];
        byte[] pseudoHeader = [.. ends, (byte)(message.Length >> 8), (byte)message.Length, 0, VrrpAdvert.IpProtocol];
        bool isBare = !isV6 && (message[0] >> 4 == 2 || random.OneIn(2));
        Store(message, at: 6, before: isBare ? [] : pseudoHeader);
    }

    private static void Store(Span<byte> bytes, int at, byte[] before)
    {
        bytes[at] = bytes[at + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)~OnesComplement.Sum([.. before, .. bytes]));
    }
}
