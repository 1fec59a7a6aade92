using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Kernel;

internal static class BpfNumbers
{
    extension(BpfProgram program)
    {
        /// <summary>Its descriptor as a number, which is how a program array is written.</summary>
        internal uint Number => (uint)program.Descriptor.DangerousGetHandle();
    }
}
