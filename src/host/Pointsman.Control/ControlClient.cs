using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pointsman.Control;

/// <summary>Asks the daemon one question. Blocks; meant for commands, not for the daemon itself.</summary>
public static class ControlClient
{
    private const int LargestAnswerBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    /// <param name="patience">How long the daemon may take; by default ten seconds.</param>
    /// <returns>True with the result, or false with a failure whose message can be shown as it is.</returns>
    public static bool TryRequest<T>(
        string path,
        ControlRequest request,
        JsonTypeInfo<T> type,
        [NotNullWhen(true)] out T? result,
        [NotNullWhen(false)] out ControlFailure? failure,
        TimeSpan? patience = null)
        where T : class
    {
        result = null;
        failure = Exchange(path, request, patience ?? UsualPatience, out byte[] line);
        if (failure is not null)
        {
            return false;
        }

        try
        {
            ControlEnvelope? envelope = JsonSerializer.Deserialize(line, ControlWireJson.Default.ControlEnvelope);
            result = envelope is { Ok: true, Result: JsonElement element } ? element.Deserialize(type) : null;
            failure = result is not null ? null
                : envelope?.Error is ControlError error ? Refusal(path, error)
                : new ControlFailure.Broken("it has neither a result nor an error");
        }
        catch (JsonException wrong)
        {
            failure = new ControlFailure.Broken(wrong.Message);
        }

        return failure is null;
    }

    private static ControlFailure Refusal(string path, ControlError error) => error.Code == ControlError.Forbidden
        ? new ControlFailure.NotPermitted(path)
        : new ControlFailure.Refused(error);

    private static ControlFailure? Exchange(string path, ControlRequest request, TimeSpan patience, out byte[] line)
    {
        line = [];
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                SendTimeout = (int)patience.TotalMilliseconds,
                ReceiveTimeout = (int)patience.TotalMilliseconds,
            };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send([.. JsonSerializer.SerializeToUtf8Bytes(request, ControlWireJson.Default.ControlRequest), (byte)'\n']);
            return ReadLine(socket, out line);
        }
        catch (SocketException refused) when (IsNotRunning(refused))
        {
            return new ControlFailure.NotRunning(path);
        }
        catch (SocketException denied) when (denied.SocketErrorCode == SocketError.AccessDenied)
        {
            return new ControlFailure.NotPermitted(path);
        }
        catch (SocketException late) when (late.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return new ControlFailure.Broken(string.Create(
                CultureInfo.InvariantCulture, $"none came in {patience.TotalSeconds:0.#} s; what the daemon was asked for may be done yet"));
        }
        catch (SocketException broken)
        {
            return new ControlFailure.Broken(broken.Message);
        }
    }

    private static ControlFailure? ReadLine(Socket socket, out byte[] line)
    {
        line = [];
        using var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (answer.Length <= LargestAnswerBytes)
        {
            int received = socket.Receive(buffer);
            answer.Write(buffer, 0, received);
            if (received == 0 || buffer[received - 1] == (byte)'\n')
            {
                line = answer.ToArray();
                return line.Length == 0 ? new ControlFailure.Broken("it hung up without one") : null;
            }
        }

        return new ControlFailure.Broken("it does not end");
    }

    // A missing socket file (ENOENT) has no SocketError of its own.
    private static bool IsNotRunning(SocketException failure) =>
        failure.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
        || failure.NativeErrorCode == Linux.Errno.NoEntry;
}
