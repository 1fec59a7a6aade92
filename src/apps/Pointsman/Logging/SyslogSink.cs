using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Pointsman.App.Logging;

/// <summary>
/// Lines to the local syslog (or journald behind it) by <c>/dev/log</c>. Never blocks: a full socket
/// loses the line and counts it.
/// </summary>
/// <param name="facility">As syslog numbers them.</param>
internal sealed class SyslogSink(string identity, int facility) : ILineSink
{
    private readonly string _tag = $"{identity}[{Environment.ProcessId}]";
    private readonly Lock _gate = new();
    private Socket? _socket;

    /// <summary>Lines that found no room.</summary>
    public long Lost { get; private set; }

    public void Write(LogLevel level, string line)
    {
        int severity = level switch
        {
            LogLevel.Critical => 2,
            LogLevel.Error => 3,
            LogLevel.Warning => 4,
            LogLevel.Debug or LogLevel.Trace => 7,
            _ => 6,
        };
        byte[] bytes = Encoding.UTF8.GetBytes($"<{(facility << 3) + severity}>{_tag}: {line}");
        lock (_gate)
        {
            try
            {
                _socket ??= Connect();
                _socket.Send(bytes);
            }
            catch (SocketException)
            {
                // No syslog here, or it was restarted: the next line tries anew.
                Lost++;
                _socket?.Dispose();
                _socket = null;
            }
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint("/dev/log"));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
