namespace Pointsman.Linux.Bpf;

/// <summary>What an XDP program made of a frame.</summary>
/// <param name="SizeBytes">Of the frame afterwards.</param>
/// <param name="Nanoseconds">The kernel's figure for one run, the mean of all repetitions.</param>
public readonly record struct XdpRun(XdpAction Action, int SizeBytes, uint Nanoseconds);

/// <summary>What becomes of a frame, numbered as the kernel numbers it.</summary>
public enum XdpAction
{
    Aborted = 0,
    Drop = 1,
    Pass = 2,
    Tx = 3,
    Redirect = 4,
}
