using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>The checksum of a VRRP message in its readings.</summary>
internal static class VrrpChecksum
{
    private const uint Valid = 0xffff;

    /// <summary>The checksum to store in a message whose checksum field is zero.</summary>
    public static ushort Compute(ReadOnlySpan<byte> message, in PacketPath path, VrrpChecksumForm form) =>
        InternetChecksum.Compute(message, SumBefore(message.Length, path, form));

    /// <summary>Which reading the stored checksum fits; false when none.</summary>
    public static bool TryFindForm(ReadOnlySpan<byte> message, byte version, in PacketPath path, out VrrpChecksumForm form)
    {
        uint sum = InternetChecksum.Sum(message);
        if (version == 2)
        {
            form = VrrpChecksumForm.Message;
            return Fits(sum);
        }

        form = VrrpChecksumForm.PseudoHeader;
        if (Fits(sum + SumBefore(message.Length, path, form)))
        {
            return true;
        }

        if (path.Family == IpFamily.V6)
        {
            return false;
        }

        form = VrrpChecksumForm.Message;
        if (Fits(sum))
        {
            return true;
        }

        form = VrrpChecksumForm.PseudoHeaderOfGroup;
        return !path.Destination.IsMulticast && Fits(sum + SumBefore(message.Length, path, form));
    }

    // RFC 8200 §8.1 and RFC 793 §3.1: both pseudo headers have the addresses, the length and the protocol.
    private static uint SumBefore(int lengthBytes, in PacketPath path, VrrpChecksumForm form)
    {
        if (form == VrrpChecksumForm.Message)
        {
            return 0;
        }

        IpAddress destination = form == VrrpChecksumForm.PseudoHeaderOfGroup
            ? VrrpAdvert.MulticastGroup(path.Family)
            : path.Destination;
        Span<byte> pseudoHeader = stackalloc byte[40];
        int at = path.Source.WriteBytes(pseudoHeader);
        at += destination.WriteBytes(pseudoHeader[at..]);
        BinaryPrimitives.WriteUInt16BigEndian(pseudoHeader[at..], (ushort)lengthBytes);
        BinaryPrimitives.WriteUInt16BigEndian(pseudoHeader[(at + 2)..], VrrpAdvert.IpProtocol);
        return InternetChecksum.Sum(pseudoHeader[..(at + 4)]);
    }

    private static bool Fits(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return sum == Valid;
    }
}
