using System.Runtime.InteropServices;

namespace Pointsman.Bench.Kernel;

/// <summary>struct bench_traffic.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TrafficRecord
{
    internal const int FrameBytes = 80;

    internal fixed byte Frame[FrameBytes];
    internal ulong Next;
    internal uint FlowMask;
    internal uint Opens;
    internal uint Checksum;
    internal uint Stride;
    internal uint IsV6;
    internal uint Bytes;
}
