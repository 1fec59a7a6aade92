using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Engine;

namespace Pointsman.App.Tests.Run;

/// <summary>What is ordered of servers outlives the daemon.</summary>
public sealed class ServerOrderNoteTests : IDisposable
{
    private static readonly ServiceKey Service = new(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("10.0.0.1"), 80));

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-orders-").FullName;

    private string NotePath => Path.Combine(_folder, "servers");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Orders_ReadByTheNextDaemon_AreThoseThatHold()
    {
        var note = new ServerOrderNote(NotePath);
        note.Set(Service, Server("10.0.0.2"), new ServerOrder.Drain());
        note.Set(Service, Server("10.0.0.9"), ServerOrderNote.DrainUntil(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));
        note.Set(Service, Server("fd00::3"), new ServerOrder.Weight(7));
        note.Set(Service, Server("10.0.0.4"), new ServerOrder.Disable());
        note.Set(Service, Server("10.0.0.4"), null);

        var next = new ServerOrderNote(NotePath);
        next.Read();
        Assert.Equal(new ServerOrder.Drain(), next.Find(Service, Server("10.0.0.2")));
        Assert.Equal(ServerOrderNote.DrainUntil(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)), next.Find(Service, Server("10.0.0.9")));
        Assert.Equal(new ServerOrder.Weight(7), next.Find(Service, Server("fd00::3")));
        Assert.Null(next.Find(Service, Server("10.0.0.4")));
        Assert.Null(next.Find(Service with { Protocol = TransportProtocol.Udp }, Server("10.0.0.2")));
    }

    [Fact]
    public void DamagedLines_AreLeftOut()
    {
        File.WriteAllText(NotePath, "rubbish\ntcp 10.0.0.1:80 10.0.0.2:80 = weight many\ntcp 10.0.0.1:80 10.0.0.4:80 = drain until 999999999999999\ntcp 10.0.0.1:80 10.0.0.3:80 = drain\n");
        var note = new ServerOrderNote(NotePath);
        note.Read();
        Assert.Null(note.Find(Service, Server("10.0.0.2")));
        Assert.Null(note.Find(Service, Server("10.0.0.4")));
        Assert.NotNull(note.Find(Service, Server("10.0.0.3")));
    }

    // The file's place is a folder's: as on a full /run or one for reading alone, neither writing nor reading succeeds.
    [Fact]
    public void CannotBeWritten_IsSaid_AndHolds()
    {
        Directory.CreateDirectory(NotePath);
        var note = new ServerOrderNote(NotePath);
        note.Read();
        Assert.Contains($"{NotePath} cannot be written", note.Set(Service, Server("10.0.0.2"), new ServerOrder.Drain()), StringComparison.Ordinal);
        Assert.NotNull(note.Find(Service, Server("10.0.0.2")));
        Assert.NotNull(note.Keep([]));
        Assert.Null(note.Find(Service, Server("10.0.0.2")));
    }

    [Fact]
    public void NoNote_IsNoOrder() => new ServerOrderNote(NotePath).Read();

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", null)]
    [InlineData("10.0.0.1:80", "10.0.0.1", 80)]
    [InlineData("fd00::1", "fd00::1", null)]
    [InlineData("[fd00::1]:80", "fd00::1", 80)]
    public void Endpoint_AsTyped_IsUnderstood(string text, string address, int? port)
    {
        Assert.True(EndpointPattern.TryParse(text, out EndpointPattern pattern));
        Assert.Equal(IpAddress.Parse(address), pattern.Address);
        Assert.Equal((ushort?)port, pattern.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("web1")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:http")]
    [InlineData("10.0.0.1:70000")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[fd00::1]")]
    [InlineData(":80")]
    public void Endpoint_ThatIsNone_IsRefused(string text) => Assert.False(EndpointPattern.TryParse(text, out _));

    private static TransportEndpoint Server(string address) => new(IpAddress.Parse(address), 80);
}
