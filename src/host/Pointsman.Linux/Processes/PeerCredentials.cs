using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Pointsman.Linux.Processes;

/// <summary>Who is at the other end of a Unix socket, as the kernel noted when it connected.</summary>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    /// <summary>The user this process acts as.</summary>
    public static uint OwnUserId => LibCProcess.EffectiveUserId();

    /// <exception cref="SocketException">The socket is no connected Unix socket.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
        Span<int> credentials = stackalloc int[3];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        return new PeerCredentials(credentials[0], (uint)credentials[1], (uint)credentials[2]);
    }
}
