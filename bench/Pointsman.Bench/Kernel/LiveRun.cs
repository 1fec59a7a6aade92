using System.Runtime.InteropServices;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Kernel;

/// <summary>Test runs whose frames really leave (BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18).</summary>
internal static unsafe class LiveRun
{
    private const uint BPF_F_TEST_XDP_LIVE_FRAMES = 2;

    // As many frames as a driver's poll hands on at once.
    private const uint BatchFrames = 64;

    internal static void Send(BpfProgram program, ReadOnlySpan<byte> frame, int interfaceIndex, int repeat)
    {
        fixed (byte* input = frame)
        {
            XdpContext context = new() { DataEnd = (uint)frame.Length, IngressInterface = (uint)interfaceIndex };
            LibBpf.TestRunOptions options = new()
            {
                Size = (nuint)sizeof(LibBpf.TestRunOptions),
                DataIn = input,
                DataSizeIn = (uint)frame.Length,
                ContextIn = &context,
                ContextSizeIn = (uint)sizeof(XdpContext),
                Repeat = repeat,
                Flags = BPF_F_TEST_XDP_LIVE_FRAMES,
                BatchSize = BatchFrames,
            };
            int result = LibBpf.TestRun(program.Descriptor, &options);
            if (result < 0)
            {
                throw new ErrnoException("BPF_PROG_TEST_RUN with live frames", -result);
            }
        }
    }

    /// <summary>struct xdp_md.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct XdpContext
    {
        internal uint Data;
        internal uint DataEnd;
        internal uint DataMeta;
        internal uint IngressInterface;
        internal uint ReceiveQueue;
        internal uint EgressInterface;
    }
}
