using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary><c>DNS_CHECK</c> against a name server as sites have them: Debian's nsd, with the zone <c>example</c>.</summary>
public sealed class NsdTests : IDisposable
{
    private const string Program = "/usr/sbin/nsd";
    private const ushort TypeA = 1, TypeSoa = 6, TypeMx = 15;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("pm-nsd").FullName;
    private readonly ushort _port = FreePort();
    private readonly Process _process;

    public NsdTests()
    {
        Assert.SkipUnless(File.Exists(Program), "nsd is not installed (scripts/install-needs lab)");
        File.WriteAllText(Path.Combine(_folder, "example.zone"), "$ORIGIN example.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n");
        File.WriteAllText(Path.Combine(_folder, "nsd.conf"), $"""
            server:
                ip-address: 127.0.0.1@{_port.ToString(CultureInfo.InvariantCulture)}
                zonesdir: "{_folder}"
                database: ""
                pidfile: "{_folder}/pid"
                logfile: "{_folder}/log"
                xfrdfile: ""
                zonelistfile: "{_folder}/zones"
                username: ""
                server-count: 1
            remote-control:
                control-enable: no
            zone:
                name: "example"
                zonefile: "example.zone"

            """);
        _process = Process.Start(new ProcessStartInfo(Program, ["-d", "-c", Path.Combine(_folder, "nsd.conf")]) { RedirectStandardError = true })!;
        var waited = Stopwatch.StartNew();
        while (!AskAsync(TypeSoa, "example").GetAwaiter().GetResult().IsSuccess)
        {
            if (_process.HasExited || waited.Elapsed > StartLimit)
            {
                Dispose();
                throw new InvalidOperationException("nsd does not answer");
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // A name without such a record is an answer all the same, as keepalived has it.
    [Theory]
    [InlineData(TypeSoa, "example", "answered")]
    [InlineData(TypeA, "ns.example", "answered")]
    [InlineData(TypeMx, "ns.example.", "answered")]
    [InlineData(TypeA, "nobody.example", "it answers NXDOMAIN")]
    [InlineData(TypeSoa, ".", "it answers REFUSED")]
    [InlineData(TypeA, "www.elsewhere", "it answers REFUSED")]
    public async Task Question_IsAnsweredSo(ushort type, string name, string what)
    {
        ProbeOutcome outcome = await AskAsync(type, name);
        Assert.Equal(what, outcome is ProbeOutcome.Success success ? success.What : outcome.Reason);
    }

    [Fact]
    public async Task ServerThatEnds_IsSaidToRefuse()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Its children end a moment after it; until then one of them holds the port.
        var waited = Stopwatch.StartNew();
        ProbeOutcome outcome = await AskAsync(TypeSoa, "example");
        while (outcome is not ProbeOutcome.Refused && waited.Elapsed < StartLimit)
        {
            outcome = await AskAsync(TypeSoa, "example");
        }

        Assert.IsType<ProbeOutcome.Refused>(outcome);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private Task<ProbeOutcome> AskAsync(ushort type, string name)
    {
        var method = new CheckMethod.Dns(type, name);
        var target = new TransportEndpoint(IpAddress.Parse("127.0.0.1"), _port);
        return DatagramProbe.RunAsync(new ProbeRequest(method, target, TimeSpan.FromSeconds(2)), method);
    }
}
