using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;
using Pointsman.Linux.Network;

namespace Pointsman.Probes.Tests;

/// <summary>
/// <c>PING_CHECK</c> against a host that answers otherwise than it should: in a network namespace of its own whose kernel is
/// silent, so that all that is heard is the test's.
/// </summary>
public sealed class PingHostileTests : IDisposable
{
    private const int IpBytes = 20;
    private const int IdentifierAt = 4;
    private const int SequenceAt = 6;
    private static readonly IPAddress s_host = IPAddress.Loopback;
    private static readonly IPAddress s_other = IPAddress.Parse("127.0.0.2");
    private static int s_count;

    private readonly string _namespace = $"probes-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
    private readonly bool _isMade;

    public PingHostileTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        Run("ip", "netns", "add", _namespace);
        _isMade = true;
        Run("ip", "-n", _namespace, "link", "set", "lo", "up");
        Run("ip", "netns", "exec", _namespace, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1");
    }

    [Theory]
    [InlineData("right", true)]
    [InlineData("twice", true)]
    [InlineData("wrong ones first", true)]
    [InlineData("nothing", false)]
    [InlineData("another identifier", false)]
    [InlineData("another sequence number", false)]
    [InlineData("other data", false)]
    [InlineData("truncated", false)]
    [InlineData("longer", false)]
    [InlineData("header alone", false)]
    [InlineData("wrong checksum", false)]
    [InlineData("another address", false)]
    [InlineData("another type", false)]
    [InlineData("another code", false)]
    [InlineData("the question itself", false)]
    public async Task Answer(string manner, bool isEcho)
    {
        using Socket server = OpenRaw(s_host);
        using Socket elsewhere = OpenRaw(s_other);
        using var stop = new CancellationTokenSource();
        Task answering = AnswerAsync(server, elsewhere, manner, stop.Token);
        var request = new ProbeRequest(
            new CheckMethod.Ping(), new TransportEndpoint(IpAddress.Parse("127.0.0.1"), 80), TimeSpan.FromMilliseconds(isEcho ? 30_000 : 700));

        ProbeOutcome outcome = await PingProbe.RunAsync(
            request, asked => NetworkNamespace.InNamed(_namespace, () => PingProbe.Open(asked)), TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await answering;
        Assert.Equal(isEcho ? "echo" : "no echo within 0.7 s", outcome is ProbeOutcome.Success success ? success.What : outcome.Reason);
    }

    public void Dispose()
    {
        if (_isMade)
        {
            Run("ip", "netns", "del", _namespace);
        }
    }

    private static async Task AnswerAsync(Socket server, Socket elsewhere, string manner, CancellationToken stop)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                int count = await server.ReceiveAsync(buffer, stop);
                byte[] message = buffer[IpBytes..count];
                if (message[0] != 8)
                {
                    continue;
                }

                message[0] = 0;
                foreach (string one in manner == "wrong ones first" ? (string[])["other data", "truncated", "wrong checksum", "another address", "right"] : [manner])
                {
                    if (Reply(message, one) is { } answer)
                    {
                        await (one == "another address" ? elsewhere : server).SendToAsync(answer, new IPEndPoint(s_host, 0), stop);
                        if (one == "twice")
                        {
                            await server.SendToAsync(answer, new IPEndPoint(s_host, 0), stop);
                        }
                    }
                }

                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The probe has ended.
        }
    }

    private static byte[]? Reply(byte[] right, string manner)
    {
        byte[] answer = [.. right];
        switch (manner)
        {
            case "nothing": return null;
            case "another identifier": answer[IdentifierAt] ^= 1; break;
            case "another sequence number": answer[SequenceAt] ^= 1; break;
            case "other data": answer[^1] ^= 1; break;
            case "truncated": answer = answer[..^2]; break;
            case "longer": answer = [.. answer, 0, 0]; break;
            case "header alone": answer = answer[..8]; break;
            case "another type": answer[0] = 14; break;
            case "another code": answer[1] = 1; break;
            case "the question itself": answer[0] = 8; break;
            default: break;
        }

        answer[2] = answer[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), InternetChecksum.Compute(answer));
        if (manner == "wrong checksum")
        {
            answer[3] ^= 1;
        }

        return answer;
    }

    private Socket OpenRaw(IPAddress address) => NetworkNamespace.InNamed(_namespace, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    });

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
