using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>What a program writes to <c>/dev/log</c>: it runs with a <c>/dev</c> of its own, in which this is the log.</summary>
internal sealed class SystemLog : IDisposable
{
    private readonly string _devices;
    private readonly List<string> _lines = [];
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    internal SystemLog(string folder, string program)
    {
        _devices = Path.Combine(folder, "dev");
        Program = Path.Combine(folder, "with-log");
        Directory.CreateDirectory(_devices);
        _socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_devices, "log")));

        // Ten lines wait, and whoever says the next one hangs.
        new Thread(Read) { IsBackground = true }.Start();

        // `ip netns exec` has made a mount namespace: nobody else sees this.
        File.WriteAllText(Program, $$"""
            #!/bin/sh
            for device in null zero full random urandom tty; do
                : > {{_devices}}/$device
                mount --bind /dev/$device {{_devices}}/$device
            done
            mount --rbind {{_devices}} /dev
            exec {{program}} "$@"
            """);
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What to start in the program's place.</summary>
    internal string Program { get; }

    /// <summary>All that has come. What was said before the program ended is here when it has ended.</summary>
    internal string[] Lines
    {
        get
        {
            Node.WaitUntil(() => _socket.Available == 0, () => "the log is not read");
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    internal static int FacilityOf(string line) =>
        int.Parse(line[1..line.IndexOf('>', StringComparison.Ordinal)], CultureInfo.InvariantCulture) >> 3;

    public void Dispose()
    {
        _socket.Dispose();
        Directory.Delete(_devices, recursive: true);
    }

    private void Read()
    {
        byte[] buffer = new byte[8192];
        try
        {
            while (true)
            {
                _socket.Receive(buffer, SocketFlags.Peek);
                lock (_lines)
                {
                    _lines.Add(Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer)));
                }
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }
}
