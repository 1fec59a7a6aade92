using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// A flood of SYNs from forged addresses, as fast as this machine sends them, into a table that it fills many times over.
/// </summary>
public sealed class FloodWireTests
{
    private const int TableEntries = 1024;
    private const int HeldConnections = 40;
    private const int DownloadBytes = 4_000_000;
    private const int MostFrames = 100_000_000;

    [Fact]
    public void FloodOfSyns_ADownloadAndConnectionsThatAreHeld_GoOn_NoneLosesItsEntry()
    {
        using var pins = new PinDirectory();
        using var wire = new Wire();
        wire.Serve("server1", 'a');
        wire.Serve("server2", 'b');
        NetworkLink director = wire.Link("director");
        using XdpDataplane plane = OpenAndApply(wire, pins, director);
        Socket[] held = [.. Enumerable.Range(0, HeldConnections).Select(_ => wire.Connect().Socket)];
        (Socket download, _) = wire.Connect();

        using var enough = new CancellationTokenSource();
        int sent = 0;
        var flood = new Thread(() => sent = Flood(wire, director, enough.Token)) { IsBackground = true, Name = "flood" };
        flood.Start();
        Download(download);
        Assert.All(held, socket => Assert.Equal('x', Wire.Echo(socket, 'x')));
        WaitUntil(() => plane.ReadSnapshot().Verdicts["note-evicted-embryonic"] >= 20 * TableEntries);
        Assert.All(held, socket => Assert.Equal('y', Wire.Echo(socket, 'y')));
        Assert.Equal('z', Wire.Echo(download, 'z'));
        enough.Cancel();
        flood.Join();

        Assert.True(sent >= 20 * TableEntries, $"{sent} sent");
        List<ConnectionEntry> entries = [.. plane.ReadConnections()];
        Assert.InRange(entries.Count, TableEntries / 2, TableEntries);
        Assert.Equal(HeldConnections + 1, entries.Count(entry => entry.State == "ESTABLISHED"));
        ImmutableDictionary<string, long> verdicts = plane.ReadSnapshot().Verdicts;
        Assert.Equal((0, 0), (verdicts["note-evicted-closed"], verdicts["no-connection"]));
        Assert.All([.. held, download], socket => socket.Dispose());
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    /// <summary>The server sends back what it gets: as much one way as the other.</summary>
    private static void Download(Socket socket)
    {
        var sent = new byte[DownloadBytes];
        new Random(5).NextBytes(sent);
        var sender = new Thread(() => socket.Send(sent)) { IsBackground = true };
        sender.Start();
        var received = new byte[DownloadBytes];
        for (int at = 0; at < received.Length;)
        {
            int count = socket.Receive(received, at, received.Length - at, SocketFlags.None);
            Assert.True(count > 0, "the connection ended");
            at += count;
        }

        sender.Join();
        Assert.Equal(sent, received);
    }

    private static int Flood(Wire wire, NetworkLink director, CancellationToken enough) => wire.In("client", () =>
    {
        using var sender = new FrameSender();
        int index = wire.Link("client").Index;
        byte[] frame = new Frame
        {
            SourceMac = "02:00:00:00:99:01",
            TargetMac = director.Mac!.Value.ToString(),
            Source = "198.18.0.1",
            Target = Wire.Vip,
            PaddingBytes = 0,
        }.Build();
        var random = new Prng(9);
        int count = 0;
        while (!enough.IsCancellationRequested && count < MostFrames)
        {
            Span<byte> ip = frame.AsSpan(Frame.EthernetBytes);
            BinaryPrimitives.WriteUInt16BigEndian(ip[14..], (ushort)random.NextUInt64());
            BinaryPrimitives.WriteUInt16BigEndian(ip[20..], (ushort)random.NextUInt64());
            Frame.WriteChecksum(ip[..20]);
            count += sender.TrySend(index, frame, out _) ? 1 : 0;
        }

        return count;
    });

    private static void WaitUntil(Func<bool> isSo)
    {
        long started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2), "the flood did not get through");
        }
    }

    private static XdpDataplane OpenAndApply(Wire wire, PinDirectory pins, NetworkLink director)
    {
        PlannedServer[] servers = [.. new[] { "server1", "server2" }.Select((node, i) => new PlannedServer(
            new TransportEndpoint(IpAddress.Parse($"10.77.0.{i + 3}"), 80),
            ForwardingMethod.DirectRoute,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(director.Index, director.Mac!.Value, wire.Link(node).Mac!.Value)))];
        var key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(Wire.Vip), 80));
        var service = new PlannedService(key, SchedulerKind.Wlc, null, null, HasLocalServer: false, [.. servers]);
        return wire.In("director", () =>
        {
            XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = TableEntries });
            plane.Apply(new ForwardingPlan([service], [], [director.Index]));
            return plane;
        });
    }
}
