using System.Runtime.InteropServices;

namespace Pointsman.Linux.Timing;

/// <summary>One ready descriptor, as <c>epoll_wait</c> reports it.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EpollEvent
{
    // The kernel packs the structure on x86-64 only; elsewhere the token is aligned to eight bytes.
    [FieldOffset(0)]
    private uint _events;

    [FieldOffset(4)]
    private ulong _packedToken;

    [FieldOffset(8)]
    private ulong _alignedToken;

    internal EpollEvent(uint events, uint token)
    {
        _events = events;
        if (IsPacked)
        {
            _packedToken = token;
        }
        else
        {
            _alignedToken = token;
        }
    }

    internal static int SizeBytes => IsPacked ? 12 : 16;

    /// <summary>What was given to <see cref="EventPoll.Add"/>.</summary>
    public readonly uint Token => IsPacked ? (uint)_packedToken : (uint)_alignedToken;

    public readonly bool IsReadable => (_events & LibCTime.EPOLLIN) != 0;

    /// <summary>The other end is gone, or the descriptor carries an error; a read tells which.</summary>
    public readonly bool IsHungUp => (_events & (LibCTime.EPOLLHUP | LibCTime.EPOLLERR)) != 0;

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture == Architecture.X64;
}
