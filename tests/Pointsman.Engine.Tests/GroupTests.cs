using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>A group of addresses has one set of servers, checked once, with one quorum; each address is a service of its own.</summary>
public sealed class GroupTests
{
    private const string Site = """
        virtual_server_group WEB {
            10.0.0.100-101 80
            10.0.0.100 443
        }
        virtual_server group WEB {
            lb_algo rr
            lb_kind DR
            protocol TCP
            sorry_server 10.0.0.9
            real_server 10.0.0.2 {
                TCP_CHECK {
                    connect_port 80
                    retry 0
                    warmup 0
                }
            }
        }
        """;

    private readonly List<DirectorAction> _actions = [];

    [Fact]
    public void EachAddress_IsAServiceWithTheServersOnItsPort() => Assert.Equal(
        """
        TCP 10.0.0.100:80: 10.0.0.2:80 w1, (10.0.0.9:80 w0)
        TCP 10.0.0.101:80: 10.0.0.2:80 w1, (10.0.0.9:80 w0)
        TCP 10.0.0.100:443: 10.0.0.2:443 w1, (10.0.0.9:443 w0)
        """,
        Table(Start(Read(Site))));

    [Fact]
    public void LastServerFalls_IsAskedOnceAndLeavesAllServices()
    {
        DirectorEngine engine = Start(Read(Site));
        _actions.Clear();
        engine.OnDeadline(engine.Deadline!.Value, _actions);
        DirectorAction.StartProbe probe = Assert.Single(_actions.OfType<DirectorAction.StartProbe>());
        engine.OnProbeOutcome(engine.Deadline ?? Instant.Zero, probe.Probe.Id, new ProbeOutcome.Refused(), _actions);

        Assert.Contains("Lost quorum 1-0=1 > 0 for VS [WEB]:0", _actions.OfType<DirectorAction.Log>().Select(log => log.Line));
        Assert.Equal(
            """
            TCP 10.0.0.100:80: (10.0.0.2:80 w1), 10.0.0.9:80 w1
            TCP 10.0.0.101:80: (10.0.0.2:80 w1), 10.0.0.9:80 w1
            TCP 10.0.0.100:443: (10.0.0.2:443 w1), 10.0.0.9:443 w1
            """,
            Table(engine));
    }

    [Fact]
    public void AddressesOfSeveralInstances_NeedEachItsOwnLease()
    {
        Configuration configuration = Read(Instance("A", 51, "10.0.0.100") + Instance("B", 52, "10.0.0.101") + Site);

        Assert.Equal([51, 52, 51], Start(configuration).Draft(configuration).Services.Select(service => service.LeaseSlot));
    }

    [Fact]
    public void AddressLeftOut_TheOthersAndTheirChecksGoOn()
    {
        DirectorEngine engine = Start(Read(Site));
        _actions.Clear();
        engine.OnDeadline(engine.Deadline!.Value, _actions);
        engine.OnProbeOutcome(Instant.Zero, _actions.OfType<DirectorAction.StartProbe>().Single().Probe.Id, new ProbeOutcome.Refused(), _actions);

        engine.OnConfiguration(
            Instant.Zero, new Prng(2), Read(Site.Replace("10.0.0.100-101 80", "10.0.0.101 80", StringComparison.Ordinal)), _actions);

        Assert.Equal(
            """
            TCP 10.0.0.101:80: (10.0.0.2:80 w1), 10.0.0.9:80 w1
            TCP 10.0.0.100:443: (10.0.0.2:443 w1), 10.0.0.9:443 w1
            """,
            Table(engine));
    }

    [Fact]
    public void SetByHandOfOneAddress_IsNotOfTheOthers()
    {
        Configuration file = Read(Site);
        var service = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("10.0.0.101"), 80));
        var server = new TransportEndpoint(IpAddress.Parse("10.0.0.2"), 80);
        HandRefusal refusal = HandTable.Empty.TryObey(
            new HandOrder.EditServer(service, server, new HandServer(LoadBalanceKind.Dr, 7, 0, 0)), file, out HandTable table);

        Assert.Equal(HandRefusal.None, refusal);
        Assert.Equal(
            """
            TCP 10.0.0.101:80: 10.0.0.2:80 w7, (10.0.0.9:80 w0)
            TCP 10.0.0.100:80: 10.0.0.2:80 w1, (10.0.0.9:80 w0)
            TCP 10.0.0.100:443: 10.0.0.2:443 w1, (10.0.0.9:443 w0)
            """,
            Table(Start(table.Over(file))));

        table.TryObey(new HandOrder.DeleteService(service), file, out table);
        Assert.Equal(
            """
            TCP 10.0.0.100:80: 10.0.0.2:80 w1, (10.0.0.9:80 w0)
            TCP 10.0.0.100:443: 10.0.0.2:443 w1, (10.0.0.9:443 w0)
            """,
            Table(Start(table.Over(file))));
        Assert.DoesNotContain(service, table.Under(file, out _).Over(file).VirtualServers.SelectMany(one => one.Keys()));
    }

    private static string Instance(string name, int id, string address) =>
        $"vrrp_instance {name} {{\ninterface eth0\nvirtual_router_id {id}\npriority 100\nvirtual_ipaddress {{\n{address}\n}}\n}}\n";

    private static Configuration Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        Assert.Empty(result.Diagnostics.Where(said => said.IsError).Select(said => said.Message));
        return result.Configuration!;
    }

    private DirectorEngine Start(Configuration configuration)
    {
        var engine = new DirectorEngine(configuration, (_, _) => false);
        engine.Start(Instant.Zero, new Prng(1), _actions);
        foreach (IpAddress server in engine.ServerAddresses)
        {
            engine.OnReachability(server, new Reachability.Unresolved("no matter"), _actions);
        }

        return engine;
    }

    // In brackets: not in the table.
    private string Table(DirectorEngine engine)
    {
        Assert.NotNull(engine);
        return string.Join('\n', _actions.OfType<DirectorAction.ApplyPlan>().Last().Plan.Services.Select(service => $"{service.Key}: "
            + string.Join(", ", service.Servers.Select(server => server.IsUp ? $"{server.Address} w{server.Weight}" : $"({server.Address} w{server.Weight})"))));
    }
}
