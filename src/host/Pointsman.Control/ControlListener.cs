using System.Net.Sockets;
using System.Text;

namespace Pointsman.Control;

/// <summary>Puts the listening socket where clients look for it, closed to others from its first moment.</summary>
internal static class ControlListener
{
    private const int Backlog = 32;

    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static Socket Open(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > ControlPath.LongestBytes)
        {
            throw new ControlSocketException($"the control socket's path is longer than {ControlPath.LongestBytes} bytes: {path}");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, DirectoryMode);
            RemoveDeadSocket(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));

            // Nobody can connect before listen(), so nobody ever sees the socket with a wider mode.
            File.SetUnixFileMode(path, SocketMode);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new ControlSocketException($"cannot open the control socket {path}: {failure.Message}", failure);
        }
        catch (ControlSocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveDeadSocket(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new ControlSocketException($"another pointsman is running: it answers at {path}");
    }
}
