using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class PersistenceTests(SharedPlane shared)
{
    private const string ClientA = "203.0.113.5";
    private const string ClientB = "203.0.113.77";
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void SameClient_EachNewConnection_GoesToItsServer()
    {
        Apply(TestPlane.Servers(3));

        Assert.Equal("3333", Connect(ClientA, 4));
        Assert.Equal("222", Connect(ClientB, 3));
        Assert.Equal("33", Connect(ClientA, 2, firstPort: 5000));
        Assert.Equal([0, 1, 1], _plane.Read().Servers.Select(server => server.PersistentConnections));
    }

    [Fact]
    public void Netmask_ClientsOfANetwork_ShareAServer()
    {
        _plane.Apply(Service(TestPlane.Servers(3)) with { PersistencePrefixLength = 24 });

        Assert.Equal("33", Connect(ClientA, 1) + Connect(ClientB, 1));
        Assert.Equal("2", Connect("203.0.114.5", 1));
        Assert.Equal(24, _plane.Read().PersistencePrefixLength);
    }

    /// <summary>255.0.255.0: what connections let go of is what they were bound by, else the binding would never end.</summary>
    [Fact]
    public void NetmaskWithGaps_ClientsThatDifferThereAlone_ShareAServer_UntilTheirLastConnectionEnds()
    {
        _plane.Apply(Service(TestPlane.Servers(3)) with { PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000 });

        Assert.Equal("33", Connect("203.0.113.5", 1) + Connect("203.9.113.77", 1));
        Assert.Equal("2", Connect("203.0.114.5", 1));
        Assert.Equal("1", Connect("204.0.113.5", 1));
        Assert.Equal((24, 0x00ff_0000u), (_plane.Read().PersistencePrefixLength, _plane.Read().PersistenceGaps));
        Assert.Equal(
            ["203.0.113.0:0", "203.0.114.0:0", "204.0.113.0:0"],
            _plane.Plane.ReadConnections().Where(entry => entry.IsTemplate).Select(entry => entry.Client.ToString()).Order());

        ExpireTemplates();
        Assert.Equal("3", Connect("203.250.113.6", 1, firstPort: 5000));
        _plane.ExpireAll();
        _plane.Sweep();
        Assert.Equal([0, 0, 0], _plane.Read().Servers.Select(server => server.PersistentConnections));
    }

    [Fact]
    public void NetmaskIsChanged_NextConnectionGoesByTheNewOne()
    {
        _plane.Apply(Service(TestPlane.Servers(3)) with { PersistencePrefixLength = 24, PersistenceGaps = 0x00ff_0000 });
        Assert.Equal("3", Connect("203.0.113.5", 1));

        _plane.Apply(Service(TestPlane.Servers(3)) with { PersistencePrefixLength = 24 });
        Assert.Equal("2", Connect("203.9.113.5", 1));
    }

    [Fact]
    public void Quiesced_OldClientsStay_NewOnesGoElsewhere()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal("2", Connect(ClientA, 1));
        Apply(TestPlane.Server(1), TestPlane.Server(2, weight: 0));

        Assert.Equal("22", Connect(ClientA, 2, firstPort: 5000));
        Assert.Equal("11", Connect(ClientB, 2));
    }

    [Fact]
    public void ServerDown_ClientIsBoundToAnother_AndStaysThere()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal("2", Connect(ClientA, 1));
        Apply(TestPlane.Server(1), TestPlane.Server(2, isUp: false));
        Assert.Equal("11", Connect(ClientA, 2, firstPort: 5000));
        Apply(TestPlane.Servers(2));

        Assert.Equal("11", Connect(ClientA, 2, firstPort: 6000));
    }

    [Fact]
    public void TimeIsUp_WhileAConnectionLives_BindingStays_AfterwardsItGoes()
    {
        Apply(TestPlane.Servers(2));
        Assert.Equal("2", Connect(ClientA, 1));
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        ExpireTemplates();
        _plane.Sweep();
        Assert.Equal("2", Connect(ClientA, 1, firstPort: 5000));

        _plane.ExpireAll();
        _plane.Sweep();
        Assert.Equal([0, 0], _plane.Read().Servers.Select(server => server.PersistentConnections));
        Assert.Empty(_plane.Plane.ReadConnections());
        Assert.Equal("1", Connect(ClientA, 1, firstPort: 6000));
    }

    [Fact]
    public void Listing_TemplateIsNoneUntilAConnectionWasEstablished()
    {
        Apply(TestPlane.Servers(1));
        Connect(ClientA, 1);
        Assert.Equal("NONE", Template().State);

        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        ConnectionEntry template = Template();

        Assert.Equal("ASSURED", template.State);
        Assert.Equal($"{ClientA}:0", template.Client.ToString());
        Assert.Equal($"{TestPlane.Vip}:80", template.Virtual.ToString());
        Assert.Equal("10.0.0.1:80", template.Server.ToString());
        Assert.InRange(template.ExpiresIn.TotalSeconds, 30, 60);
    }

    // A slot that a persistent client points to may go to a server of another service.
    [Fact]
    public void ServerIsReplaced_SlotIsReused_ClientIsNotSentToTheStranger()
    {
        Apply(TestPlane.Server(1));
        Connect(ClientA, 1);
        _plane.ExpireAll();
        Apply(TestPlane.Server(2));
        _plane.Sweep();
        Apply(TestPlane.Server(2), TestPlane.Server(3));

        Assert.Equal("3", Connect(ClientA, 1, firstPort: 5000));
    }

    private static PlannedService Service(params PlannedServer[] servers) =>
        TestPlane.Service(SchedulerKind.Rr, [.. servers]) with { Persistence = TimeSpan.FromSeconds(60) };

    private void Apply(params PlannedServer[] servers) => _plane.Apply(Service(servers));

    private string Connect(string client, int count, ushort firstPort = 1000) => string.Concat(
        Enumerable.Range(firstPort, count).Select(port => _plane.Connect((ushort)port, client)));

    private ConnectionEntry Template() => Assert.Single(_plane.Plane.ReadConnections(), entry => entry.IsTemplate);

    private void ExpireTemplates() => _plane.WithTables(tables =>
    {
        foreach ((Bpf.PmTemplateKey key, Bpf.PmTemplate template) in Tables.TableReader.Templates(tables))
        {
            tables.Templates.Update(key, template with { Expiry = (uint)tables.NowTicks() - 1 });
        }
    });
}
