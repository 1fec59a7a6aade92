using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pointsman.Linux.Tests;

/// <summary>A thread to which the kernel denies one call (seccomp), and what it is told instead.</summary>
internal static class DeniedCalls
{
    internal const uint OpenProcess = 434;      // pidfd_open, on every architecture

    private const int NoNewPrivileges = 38;
    private const int SetFilter = 22;
    private const int FilterMode = 2;
    private const int InstructionBytes = 8;

    internal static uint CreatePoll => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 291u : 20u;

    /// <returns>What it threw; null: nothing.</returns>
    internal static Exception? Run(uint call, int errno, Action what)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Deny(call, errno);
                what();
            }
            catch (Exception told)
            {
                thrown = told;
            }
        });
        thread.Start();
        thread.Join();
        return thrown;
    }

    // A filter of the old packet kind: the call's number, and two ways out. It holds for the thread, and for whom it starts.
    private static void Deny(uint call, int errno)
    {
        byte[] filter =
        [
            .. Instruction(0x20, 0, 0, 0),
            .. Instruction(0x15, 0, 1, call),
            .. Instruction(0x06, 0, 0, 0x00050000u | (uint)errno),
            .. Instruction(0x06, 0, 0, 0x7fff0000),
        ];
        nint instructions = Marshal.AllocHGlobal(filter.Length);
        nint program = Marshal.AllocHGlobal(2 * nint.Size);
        Marshal.Copy(filter, 0, instructions, filter.Length);
        Marshal.WriteIntPtr(program, filter.Length / InstructionBytes);
        Marshal.WriteIntPtr(program, nint.Size, instructions);
        Assert.Equal(0, Control(NoNewPrivileges, 1, 0, 0, 0));
        Assert.Equal(0, Control(SetFilter, FilterMode, program, 0, 0));
        Marshal.FreeHGlobal(program);
        Marshal.FreeHGlobal(instructions);
    }

    private static byte[] Instruction(ushort code, byte whenTrue, byte whenFalse, uint value)
    {
        byte[] bytes = new byte[InstructionBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, code);
        bytes[2] = whenTrue;
        bytes[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), value);
        return bytes;
    }

    [DllImport("libc", EntryPoint = "prctl")]
    private static extern int Control(int option, nint second, nint third, nint fourth, nint fifth);
}
