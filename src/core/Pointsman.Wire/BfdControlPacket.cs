using System.Buffers.Binary;

namespace Pointsman.Wire;

/* RFC 5880 §4.1
    0                   1                   2                   3
   |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
   |                       My Discriminator                        |
   |                      Your Discriminator                       |
   |                    Desired Min TX Interval                    |
   |                   Required Min RX Interval                    |
   |                 Required Min Echo RX Interval                 |   */

/// <summary>A BFD control packet without authentication. Intervals are in microseconds.</summary>
public readonly record struct BfdControlPacket
{
    public const int LengthBytes = 24;

    private const byte Version = 1;
    private const int VersionShift = 5;
    private const byte DiagnosticMask = 0x1f;
    private const int StateAt = 1;
    private const int StateShift = 6;
    private const byte PollBit = 0x20;
    private const byte FinalBit = 0x10;
    private const byte AuthenticationBit = 0x04;
    private const byte DemandBit = 0x02;
    private const byte MultipointBit = 0x01;
    private const int MultiplierAt = 2;
    private const int LengthAt = 3;
    private const int MyDiscriminatorAt = 4;
    private const int YourDiscriminatorAt = 8;
    private const int DesiredMinTxAt = 12;
    private const int RequiredMinRxAt = 16;
    private const int RequiredMinEchoRxAt = 20;

    public BfdDiagnostic Diagnostic { get; init; }

    public BfdState State { get; init; }

    /// <summary>The sender wants an answer with <see cref="IsFinal"/>, at once.</summary>
    public bool IsPoll { get; init; }

    public bool IsFinal { get; init; }

    /// <summary>The sender asks that no periodic packets be sent to it.</summary>
    public bool IsDemand { get; init; }

    /// <summary>Of the sender's packets so many must be missing.</summary>
    public byte Multiplier { get; init; }

    /// <summary>The sender's name of the session; not zero.</summary>
    public uint MyDiscriminator { get; init; }

    /// <summary>The receiver's, as far as the sender has heard it; else zero.</summary>
    public uint YourDiscriminator { get; init; }

    public uint DesiredMinTxUs { get; init; }

    /// <summary>Zero: the sender wants no periodic packets at all.</summary>
    public uint RequiredMinRxUs { get; init; }

    /// <summary>Zero: the sender returns no echoes.</summary>
    public uint RequiredMinEchoRxUs { get; init; }

    /// <summary>Reads what came in one datagram; bytes behind the packet are not looked at.</summary>
    public static BfdParseError TryParse(ReadOnlySpan<byte> bytes, out BfdControlPacket packet)
    {
        packet = default;
        if (bytes.Length < LengthBytes)
        {
            return BfdParseError.Truncated;
        }

        byte flags = bytes[StateAt];
        BfdParseError error = bytes[0] >> VersionShift != Version ? BfdParseError.Version
            : bytes[LengthAt] < LengthBytes ? BfdParseError.Length
            : bytes[LengthAt] > bytes.Length ? BfdParseError.Truncated
            : bytes[MultiplierAt] == 0 ? BfdParseError.Multiplier
            : (flags & MultipointBit) != 0 ? BfdParseError.Multipoint
            : (flags & AuthenticationBit) != 0 ? BfdParseError.Authentication
            : BfdParseError.None;
        if (error != BfdParseError.None)
        {
            return error;
        }

        packet = new BfdControlPacket
        {
            Diagnostic = (BfdDiagnostic)(bytes[0] & DiagnosticMask),
            State = (BfdState)(flags >> StateShift),
            IsPoll = (flags & PollBit) != 0,
            IsFinal = (flags & FinalBit) != 0,
            IsDemand = (flags & DemandBit) != 0,
            Multiplier = bytes[MultiplierAt],
            MyDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(bytes[MyDiscriminatorAt..]),
            YourDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(bytes[YourDiscriminatorAt..]),
            DesiredMinTxUs = BinaryPrimitives.ReadUInt32BigEndian(bytes[DesiredMinTxAt..]),
            RequiredMinRxUs = BinaryPrimitives.ReadUInt32BigEndian(bytes[RequiredMinRxAt..]),
            RequiredMinEchoRxUs = BinaryPrimitives.ReadUInt32BigEndian(bytes[RequiredMinEchoRxAt..]),
        };
        return packet.MyDiscriminator == 0 ? BfdParseError.Discriminator : BfdParseError.None;
    }

    /// <summary>Writes <see cref="LengthBytes"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)((Version << VersionShift) | (int)Diagnostic);
        target[StateAt] = (byte)(((int)State << StateShift) | (IsPoll ? PollBit : 0) | (IsFinal ? FinalBit : 0) | (IsDemand ? DemandBit : 0));
        target[MultiplierAt] = Multiplier;
        target[LengthAt] = LengthBytes;
        BinaryPrimitives.WriteUInt32BigEndian(target[MyDiscriminatorAt..], MyDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(target[YourDiscriminatorAt..], YourDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(target[DesiredMinTxAt..], DesiredMinTxUs);
        BinaryPrimitives.WriteUInt32BigEndian(target[RequiredMinRxAt..], RequiredMinRxUs);
        BinaryPrimitives.WriteUInt32BigEndian(target[RequiredMinEchoRxAt..], RequiredMinEchoRxUs);
    }
}
