using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class DatagramProbeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Udp_NobodyListens_IsRefused()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TransportEndpoint closed = EndpointOf(taken);
        taken.Close();

        Assert.Equal("connection refused", (await AskUdpAsync(closed, reply: null)).Reason);
    }

    [Fact]
    public async Task Udp_Silence_IsWellUnlessAReplyIsRequired()
    {
        using Socket server = Answering(_ => null);

        Assert.True((await AskUdpAsync(EndpointOf(server), reply: null)).IsSuccess);
        Assert.Equal("no answer within 0.3 s", (await AskUdpAsync(EndpointOf(server), new UdpReply([], []))).Reason);
    }

    [Fact]
    public async Task Udp_Payload_IsSent()
    {
        byte[]? heard = null;
        using Socket server = Answering(question => heard = question);

        Assert.True((await AskUdpAsync(EndpointOf(server), new UdpReply([], []), payload: [1, 2, 3])).IsSuccess);
        Assert.Equal([1, 2, 3], heard);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0x20 }, new byte[] { 0, 0 }, 0, 255, true)]
    [InlineData(new byte[] { 0x10, 0x21 }, new byte[] { 0, 0 }, 0, 255, false)]
    [InlineData(new byte[] { 0x10, 0x21 }, new byte[] { 0, 0x0f }, 0, 255, true)]
    [InlineData(new byte[] { 0x10, 0x20, 0x30, 0x40, 0x50 }, new byte[] { 0, 0, 0, 0, 0 }, 0, 255, true)]
    [InlineData(new byte[] { 0x10 }, new byte[] { 0 }, 4, 255, false)]
    [InlineData(new byte[] { 0x10 }, new byte[] { 0 }, 0, 2, false)]
    public async Task Udp_Reply_IsComparedAsFarAsItGoes(byte[] expected, byte[] ignored, int least, int most, bool isGood)
    {
        using Socket server = Answering(_ => [0x10, 0x20, 0x30]);

        ProbeOutcome outcome = await AskUdpAsync(EndpointOf(server), new UdpReply([.. expected], [.. ignored], least, most));

        Assert.Equal(isGood, outcome.IsSuccess);
    }

    [Fact]
    public async Task Dns_Question_IsAsRfc1035HasIt()
    {
        byte[]? heard = null;
        using Socket server = Answering(question => Answer(heard = question, 0));

        Assert.True((await AskDnsAsync(EndpointOf(server), 28, "a.example")).IsSuccess);
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 7, .. "example"u8, 0, 0, 28, 0, 1], heard![2..]);
    }

    [Fact]
    public async Task Dns_ErrorCode_IsNamed()
    {
        using Socket server = Answering(question => Answer(question, 3));

        Assert.Equal("it answers NXDOMAIN", (await AskDnsAsync(EndpointOf(server), 6, ".")).Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Dns_AnswerThatIsNone_IsPassedOver(int kind)
    {
        using Socket server = Answering(question => kind switch
        {
            0 => [1, 2, 3],
            1 => question,
            _ => Answer([(byte)(question[0] ^ 1), .. question[1..]], 0),
        });

        Assert.Equal("no answer within 0.3 s", (await AskDnsAsync(EndpointOf(server), 6, ".")).Reason);
    }

    private static byte[] Answer(byte[] question, byte code) => [question[0], question[1], 0x81, code, .. question[4..]];

    private static Socket Answering(Func<byte[], byte[]?> answer)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ServeAsync();
        return server;

        async Task ServeAsync()
        {
            var buffer = new byte[1000];
            try
            {
                while (true)
                {
                    SocketReceiveFromResult asked = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                    if (answer(buffer[..asked.ReceivedBytes]) is { } bytes)
                    {
                        await server.SendToAsync(bytes, asked.RemoteEndPoint);
                    }
                }
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    private static TransportEndpoint EndpointOf(Socket socket) =>
        new(IpAddress.Parse("127.0.0.1"), (ushort)((IPEndPoint)socket.LocalEndPoint!).Port);

    private static Task<ProbeOutcome> AskUdpAsync(TransportEndpoint target, UdpReply? reply, byte[]? payload = null)
    {
        var method = new CheckMethod.Udp([.. payload ?? []], reply);
        return DatagramProbe.RunAsync(new ProbeRequest(method, target, Short), method);
    }

    private static Task<ProbeOutcome> AskDnsAsync(TransportEndpoint target, ushort type, string name)
    {
        var method = new CheckMethod.Dns(type, name);
        return DatagramProbe.RunAsync(new ProbeRequest(method, target, Short), method);
    }
}
