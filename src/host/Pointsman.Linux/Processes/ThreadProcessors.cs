namespace Pointsman.Linux.Processes;

/// <summary>The processors the thread that makes this may run on, as it found them; and how to keep it off one of them, from any thread.</summary>
public sealed unsafe class ThreadProcessors
{
    // As many as a kernel can be built for.
    private const int MaskBytes = 8192 / 8;

    private readonly byte[] _allowed = new byte[MaskBytes];
    private readonly byte[] _others = new byte[MaskBytes];
    private readonly int _count;
    private readonly int _thread = LibCProcess.CurrentThread();

    public ThreadProcessors()
    {
        fixed (byte* mask = _allowed)
        {
            // Refused: nothing is known, and nothing can be kept off.
            if (LibCProcess.GetAffinity(0, MaskBytes, mask) < 0)
            {
                return;
            }
        }

        foreach (byte part in _allowed)
        {
            _count += int.PopCount(part);
        }
    }

    /// <summary>The one the calling thread runs on at this moment, from 0.</summary>
    public static int Current => LibCProcess.CurrentProcessor();

    /// <summary>
    /// Keeps that thread off one, at once even if it sleeps or waits there for its turn; where there is no other, or the kernel
    /// refuses, it stays where it is. One caller at a time.
    /// </summary>
    public void KeepOff(int processor)
    {
        if (_count < 2 || processor < 0 || processor >= 8 * MaskBytes)
        {
            return;
        }

        _allowed.CopyTo(_others, 0);
        _others[processor / 8] &= (byte)~(1 << (processor % 8));
        fixed (byte* mask = _others)
        {
            _ = LibCProcess.SetAffinity(_thread, MaskBytes, mask);
        }
    }
}
