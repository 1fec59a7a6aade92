using System.Buffers.Binary;

namespace Pointsman.Dataplane.Tests.Stack;

/// <summary>One instruction, eight bytes (Documentation/bpf/standardization/instruction-set.rst of the kernel).</summary>
internal readonly record struct BpfInstruction(byte Opcode, int Target, int Source, int Offset, int Immediate)
{
    internal const int Bytes = 8;
    internal const int FramePointer = 10;
    internal const byte Call = 0x85;
    internal const byte Exit = 0x95;

    /// <summary>Source of a call of another function of the object; else it is one of the kernel's.</summary>
    internal const int CallsObject = 1;

    private const byte LoadWide = 0x18;

    internal BpfClass Class => (BpfClass)(Opcode & 7);

    /// <summary>The rest of its operand is in a second one.</summary>
    internal bool IsWide => Opcode == LoadWide;

    internal bool IsCallOfObject => Opcode == Call && Source == CallsObject;

    /// <summary>Where an access of memory has eight bytes: what a register holds may be put there whole.</summary>
    internal bool IsOfEightBytes => (Opcode & 0x18) == 0x18;

    /// <summary>Of arithmetic: its other operand is a register, not the immediate.</summary>
    internal bool TakesRegister => (Opcode & 8) != 0;

    /// <summary>Of arithmetic and jumps: which.</summary>
    internal int Operation => Opcode >> 4;

    internal static BpfInstruction[] Read(ReadOnlySpan<byte> code)
    {
        var instructions = new BpfInstruction[code.Length / Bytes];
        for (int i = 0; i < instructions.Length; i++)
        {
            ReadOnlySpan<byte> at = code[(i * Bytes)..];
            instructions[i] = new BpfInstruction(
                at[0],
                at[1] & 15,
                at[1] >> 4,
                BinaryPrimitives.ReadInt16LittleEndian(at[2..]),
                BinaryPrimitives.ReadInt32LittleEndian(at[4..]));
        }

        return instructions;
    }
}

internal enum BpfClass
{
    Load = 0,
    LoadMemory = 1,
    Store = 2,
    StoreRegister = 3,
    Arithmetic32 = 4,
    Jump = 5,
    Jump32 = 6,
    Arithmetic = 7,
}
