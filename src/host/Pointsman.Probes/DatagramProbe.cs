using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>Checks of one datagram: <c>UDP_CHECK</c> and <c>DNS_CHECK</c>.</summary>
public static class DatagramProbe
{
    private const int RandomPayloadBytes = 32;

    /// <summary>The longest datagram there is.</summary>
    private const int BufferBytes = 65536;

    /// <summary>No answer within the timeout is a success, unless one is required: the host would have refused.</summary>
    public static Task<ProbeOutcome> RunAsync(ProbeRequest request, CheckMethod.Udp method, CancellationToken stop = default) =>
        AskAsync(
            request,
            method.Payload.IsEmpty ? RandomNumberGenerator.GetBytes(RandomPayloadBytes) : [.. method.Payload],
            silence: method.Reply is null ? elapsed => new ProbeOutcome.Success(elapsed, "not refused") : null,
            (answer, elapsed) => Judge(method.Reply, answer, elapsed),
            stop);

    public static Task<ProbeOutcome> RunAsync(ProbeRequest request, CheckMethod.Dns method, CancellationToken stop = default)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        return AskAsync(
            request,
            DnsQuery.Write(id, method.RecordType, method.Name),
            silence: null,
            (answer, elapsed) => DnsQuery.ResponseCode(answer, id) switch
            {
                null => null,
                0 => new ProbeOutcome.Success(elapsed, "answered"),
                int code => new ProbeOutcome.Wrong($"it answers {DnsQuery.NameOf(code)}"),
            },
            stop);
    }

    private delegate ProbeOutcome? Judgement(ReadOnlySpan<byte> answer, TimeSpan elapsed);

    /// <param name="silence">What silence means; null: a failure.</param>
    /// <param name="judge">Null: this datagram is not the answer.</param>
    private static async Task<ProbeOutcome> AskAsync(
        ProbeRequest request, byte[] question, Func<TimeSpan, ProbeOutcome>? silence, Judgement judge, CancellationToken stop)
    {
        using var patience = new Patience(request, stop);
        try
        {
            using Socket socket = ProbeSocket.Open(request.Target, request.Binding, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(ProbeSocket.EndPointOf(request.Target), patience.Token);
            await socket.SendAsync(question, patience.Token);
            var buffer = new byte[BufferBytes];
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer, patience.Token);
                if (judge(buffer.AsSpan(0, count), patience.Elapsed) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
        }
        catch (OperationCanceledException) when (patience.HasRunOut)
        {
            return silence?.Invoke(patience.Elapsed) ?? patience.Silent("no answer");
        }
    }

    private static ProbeOutcome Judge(UdpReply? expected, ReadOnlySpan<byte> answer, TimeSpan elapsed)
    {
        if (expected is not null && (answer.Length < expected.MinimumBytes || answer.Length > expected.MaximumBytes))
        {
            return new ProbeOutcome.Wrong(string.Create(
                CultureInfo.InvariantCulture,
                $"its answer has {answer.Length} bytes, expected {expected.MinimumBytes} to {expected.MaximumBytes ?? BufferBytes}"));
        }

        return expected?.Matches(answer) == false
            ? new ProbeOutcome.Wrong($"its answer begins with {Convert.ToHexStringLower(answer[..Math.Min(answer.Length, expected.Expected.Length)])}")
            : new ProbeOutcome.Success(elapsed, "answered");
    }
}
