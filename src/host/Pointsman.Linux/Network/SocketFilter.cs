namespace Pointsman.Linux.Network;

/// <summary>Classic BPF on a packet socket: what it does not want to hear does not wake its thread.</summary>
internal static unsafe class SocketFilter
{
    internal const ushort LoadByte = 0x30;           // BPF_LD | BPF_B | BPF_ABS
    internal const ushort LoadHalf = 0x28;           // BPF_LD | BPF_H | BPF_ABS
    internal const ushort LoadWord = 0x20;           // BPF_LD | BPF_W | BPF_ABS
    internal const ushort JumpIfEqual = 0x15;        // BPF_JMP | BPF_JEQ | BPF_K
    internal const ushort Return = 0x06;             // BPF_RET | BPF_K

    internal const uint PacketTypeAt = 0xfffff004;   // SKF_AD_OFF + SKF_AD_PKTTYPE
    internal const uint WholePacket = 0xffff;

    /// <summary>BPF_MAXINSNS of the kernel.</summary>
    internal const int MaxInstructions = 4096;

    internal static void Attach(FileDescriptor socket, ReadOnlySpan<LibCSocket.FilterInstruction> instructions)
    {
        fixed (LibCSocket.FilterInstruction* first = instructions)
        {
            var program = new LibCSocket.FilterProgram { Length = (ushort)instructions.Length, Instructions = first };
            if (LibCSocket.SetSocketOption(
                socket, LibCSocket.SOL_SOCKET, LibCSocket.SO_ATTACH_FILTER, &program, (uint)sizeof(LibCSocket.FilterProgram)) < 0)
            {
                throw ErrnoException.Last("setsockopt(SO_ATTACH_FILTER)");
            }
        }
    }
}
