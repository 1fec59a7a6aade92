using System.Net.Sockets;
using System.Text;
using Pointsman.Control.Status;

namespace Pointsman.Control.Tests;

public sealed class ControlServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-control-").FullName;
    private readonly List<Exception> _faults = [];
    private ControlServer? _server;

    private RawClient Client => new(SocketPath);

    private string SocketPath => Path.Combine(_directory, "run", "control.sock");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Status_Asked_ComesBackWhole()
    {
        Start();

        Assert.True(ControlClient.TryRequest(
            SocketPath, new ControlRequest("status"), ControlJson.Default.NodeStatus, out NodeStatus? status, out _));
        Assert.Equivalent(SampleStatus.Node, status, strict: true);
    }

    [Fact]
    public void Verb_Unknown_IsATypedError()
    {
        Start();

        ControlFailure failure = Fail(new ControlRequest("dance"));

        Assert.Equal(ControlError.UnknownVerb, Assert.IsType<ControlFailure.Refused>(failure).Error.Code);
        Assert.Equal("the daemon refused: this daemon does not know 'dance'; it may be older than the command", failure.Message);
    }

    // What hangs may go on: nobody must take it for not done.
    [Fact]
    public async Task AnswerDoesNotCome_ClientIsToldThatItMayBeDoneYet()
    {
        var never = new TaskCompletionSource<ControlReply>();
        await using var server = ControlServer.Start(SocketPath, (_, cancellation) => new ValueTask<ControlReply>(never.Task.WaitAsync(cancellation)), _ => { });
        Assert.False(ControlClient.TryRequest(
            SocketPath, new ControlRequest("vrrp-order"), ControlJson.Default.OrderAccepted, out _, out ControlFailure? failure, TimeSpan.FromSeconds(0.3)));
        Assert.Equal(
            "the daemon's answer cannot be used: none came in 0.3 s; what the daemon was asked for may be done yet", failure.Message);
    }

    [Fact]
    public void Handler_Throws_ClientIsToldAndSoIsTheOwner()
    {
        Start();

        ControlFailure failure = Fail(new ControlRequest("throw"));

        Assert.Equal(ControlError.Failed, Assert.IsType<ControlFailure.Refused>(failure).Error.Code);
        Assert.Equal("on purpose", Assert.Single(_faults).Message);
        Status_IsStillServed();
    }

    [Fact]
    public void NobodyListens_ClientSaysTheDaemonIsNotRunning()
    {
        ControlFailure failure = Fail(new ControlRequest("status"));

        Assert.IsType<ControlFailure.NotRunning>(failure);
        Assert.Contains("not running", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaemonStopped_SocketIsGone()
    {
        Start();
        await _server!.DisposeAsync();
        _server = null;

        Assert.False(File.Exists(SocketPath));
        Assert.IsType<ControlFailure.NotRunning>(Fail(new ControlRequest("status")));
    }

    [Fact]
    public void Socket_IsOpenToItsOwnerOnly()
    {
        Start();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public void SocketLeftByADeadDaemon_IsReplaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // .NET removes the file of a bound socket on disposal; a killed daemon does not.
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
            File.Move(SocketPath, SocketPath + ".kept");
        }

        File.Move(SocketPath + ".kept", SocketPath);
        Start();
        Status_IsStillServed();
    }

    [Fact]
    public void AnotherDaemonRuns_SecondOneIsRefused()
    {
        Start();

        var refusal = Assert.Throws<ControlSocketException>(() => ControlServer.Start(SocketPath, Answer, _faults.Add));
        Assert.Contains("another pointsman is running", refusal.Message, StringComparison.Ordinal);
        Status_IsStillServed();
    }

    [Fact]
    public void PathTooLong_IsRefusedInWords()
    {
        string path = Path.Combine(_directory, new string('x', 120));

        var refusal = Assert.Throws<ControlSocketException>(() => ControlServer.Start(path, Answer, _faults.Add));
        Assert.Contains("longer than 107 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("\n")]
    [InlineData("null\n")]
    [InlineData("[1,2]\n")]
    [InlineData("{\"verb\":7}\n")]
    [InlineData("{\"verb\":\"\"}\n")]
    [InlineData("{\"verb\":\"status\",\"arguments\":\"no list\"}\n")]
    public void Line_IsNoRequest_IsAnsweredAndHarmsNobody(string line)
    {
        Start();

        Assert.Contains("\"code\":\"bad-request\"", Client.Talk(Encoding.UTF8.GetBytes(line)), StringComparison.Ordinal);
        Status_IsStillServed();
    }

    [Fact]
    public void Line_TooLong_IsCutOff()
    {
        Start(new ControlLimits { RequestSizeBytes = 4096 });

        Assert.Contains("\"code\":\"too-large\"", Client.Talk(new byte[4096]), StringComparison.Ordinal);
        Status_IsStillServed();
    }

    [Fact]
    public void Client_SaysNothing_IsSentAway()
    {
        Start(new ControlLimits { IdleTimeout = TimeSpan.FromMilliseconds(50) });

        Assert.Contains("\"code\":\"too-slow\"", Client.Talk([]), StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_TooMany_TheNextIsToldToComeAgain()
    {
        Start(new ControlLimits { Clients = 2 });
        using Socket first = Client.Connect();
        using Socket second = Client.Connect();

        // The server counts a client when it accepts it, which is shortly after it connected.
        SpinWait.SpinUntil(() => Client.Talk("{\"verb\":\"status\"}\n"u8).Contains("\"code\":\"busy\"", StringComparison.Ordinal), 5000);
        Assert.Contains("\"code\":\"busy\"", Client.Talk("{\"verb\":\"status\"}\n"u8), StringComparison.Ordinal);

        first.Dispose();
        second.Dispose();
        SpinWait.SpinUntil(() => Client.Talk("{\"verb\":\"status\"}\n"u8).Contains("\"ok\":true", StringComparison.Ordinal), 5000);
        Status_IsStillServed();
    }

    [Fact]
    public void Clients_HangUpAtOnce_ServerGoesOn()
    {
        Start();
        for (int i = 0; i < 200; i++)
        {
            using Socket client = Client.Connect();
            client.Send("{\"verb\":\"status\"}\n"u8);
        }

        Status_IsStillServed();
    }

    [Fact]
    public void Request_InPieces_IsPutTogether()
    {
        Start();
        using Socket client = Client.Connect();
        foreach (byte letter in "{\"verb\":\"status\"}\n"u8)
        {
            client.Send([letter]);
        }

        Assert.Contains("\"ok\":true", RawClient.ReadAll(client), StringComparison.Ordinal);
    }

    private static ValueTask<ControlReply> Answer(ControlRequest request, CancellationToken cancellation) => request.Verb switch
    {
        "status" => ValueTask.FromResult(ControlReply.Ok(SampleStatus.Node, ControlJson.Default.NodeStatus)),
        "throw" => throw new InvalidOperationException("on purpose"),
        _ => ValueTask.FromResult(ControlReply.UnknownVerb(request.Verb)),
    };

    [Fact]
    public async Task AnswerOfManyMegabytes_ComesBackWhole()
    {
        NodeStatus large = SampleStatus.Node with { ByHand = [.. Enumerable.Range(0, 100_000).Select(number => $"entry {number} ö {new string('x', number % 97)}")] };
        _server = ControlServer.Start(SocketPath, (_, _) => ValueTask.FromResult(ControlReply.Ok(large, ControlJson.Default.NodeStatus)), _faults.Add, limits: null);
        (bool isThere, NodeStatus? status) = await Task.Run(() => (ControlClient.TryRequest(
            SocketPath, new ControlRequest("status"), ControlJson.Default.NodeStatus, out NodeStatus? answer, out _, TimeSpan.FromMinutes(1)), answer));
        Assert.True(isThere);
        Assert.Equal(large.ByHand, status!.ByHand);
    }

    private void Start(ControlLimits? limits = null) => _server = ControlServer.Start(SocketPath, Answer, _faults.Add, limits);

    private ControlFailure Fail(ControlRequest request)
    {
        Assert.False(ControlClient.TryRequest(
            SocketPath, request, ControlJson.Default.NodeStatus, out _, out ControlFailure? failure));
        return failure;
    }

    private void Status_IsStillServed() => Assert.True(ControlClient.TryRequest(
        SocketPath, new ControlRequest("status"), ControlJson.Default.NodeStatus, out _, out _));
}
