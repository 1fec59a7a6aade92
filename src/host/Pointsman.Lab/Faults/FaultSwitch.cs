using System.Globalization;
using Pointsman.Base;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Faults;

/// <summary>
/// The faults an operator fears, at a machine's cable or in the switch: the machines themselves are not told. Each method
/// returns once the fault stands, with one line that says what was done.
/// </summary>
public sealed class FaultSwitch
{
    private const string Table = "lab_faults";
    private const ulong ExchangeStep = 0x0001_0000_0000;
    private const ulong ExchangeMask = 0x00ff_0000_0000;

    private readonly RunningLab _lab;

    internal FaultSwitch(RunningLab lab) => _lab = lab;

    /// <summary>The cable: the port at the switch goes down, the machine sees its carrier go.</summary>
    public string Cut(string node)
    {
        SetPort(node, "down");
        return $"cut {node}: its port at the switch is down";
    }

    public string Restore(string node)
    {
        SetPort(node, "up");
        return $"restored {node}: its port at the switch is up";
    }

    /// <summary>As after the exchange of a network card: the machine's next MAC address, told to nobody.</summary>
    public string NewMac(string node)
    {
        Machine machine = _lab.MachineOf(_lab.Topology.Node(node).Name);
        string current = machine.RunChecked(["cat", "/sys/class/net/eth0/address"]);
        if (!MacAddress.TryParse(current, out MacAddress mac))
        {
            throw new LabException($"eth0 of {node} has the address `{current}`, which is no MAC address");
        }

        // The second byte counts the exchanges; the others still show the IP address.
        MacAddress next = new((mac.Bits & ~ExchangeMask) | ((mac.Bits + ExchangeStep) & ExchangeMask));
        machine.RunChecked(["ip", "link", "set", "dev", "eth0", "address", next.ToString()]);
        return $"new-mac {node}: {mac} -> {next}";
    }

    /// <summary>Adverts from one director no longer reach the other; everything else does.</summary>
    public string DropVrrp(string source, string target, bool oneWay)
    {
        DropDirection(source, target);
        if (oneWay)
        {
            return $"drop-vrrp: {target} no longer hears {source}";
        }

        DropDirection(target, source);
        return $"drop-vrrp: {source} and {target} no longer hear each other";
    }

    public string AllowVrrp(string source, string target)
    {
        foreach (string chain in (string[])[ChainOf(source, target), ChainOf(target, source)])
        {
            if (HasChain(chain))
            {
                _lab.Switch.RunChecked(["nft", "delete", "chain", "netdev", Table, chain]);
            }
        }

        return $"allow-vrrp: {source} and {target} hear each other";
    }

    /// <summary>The real server forgets its virtual IPs; its own address still answers.</summary>
    public string VipOff(string node)
    {
        Machine machine = RealServer(node);
        foreach (string address in _lab.Topology.VirtualAddresses.Where(address => RealServerService.LoopbackHas(machine, address)))
        {
            machine.RunChecked(["ip", "addr", "del", address + "/32", "dev", "lo"]);
        }

        return $"vip-off {node}: {string.Join(", ", _lab.Topology.VirtualAddresses)} no longer on lo";
    }

    public string VipOn(string node)
    {
        Machine machine = RealServer(node);
        foreach (string address in _lab.Topology.VirtualAddresses)
        {
            machine.RunChecked(["ip", "addr", "replace", address + "/32", "dev", "lo"]);
        }

        return $"vip-on {node}: {string.Join(", ", _lab.Topology.VirtualAddresses)} on lo";
    }

    /// <summary>Every fault that stands now, as the switch and the machines have it.</summary>
    public IEnumerable<string> Standing()
    {
        string ports = _lab.Switch.RunChecked(["ip", "-o", "link", "show", "type", "veth"]);
        foreach (LabNode node in _lab.Topology.Nodes)
        {
            string? port = ports.Split('\n').FirstOrDefault(line => line.Contains($" {node.Name}@", StringComparison.Ordinal));
            if (port is null || !port.Split('<', '>')[1].Split(',').Contains("UP"))
            {
                yield return $"cut {node.Name}";
            }
        }

        foreach (LabNode source in _lab.Topology.Directors)
        {
            foreach (LabNode target in _lab.Topology.Directors.Where(target => target != source && HasChain(ChainOf(source.Name, target.Name))))
            {
                yield return $"drop-vrrp {source.Name} {target.Name} --one-way";
            }
        }

        foreach (LabNode node in _lab.Topology.Nodes.Where(node => node.Runs(LabService.RealServer)))
        {
            if (!_lab.Services.IsRunning(node.Name, LabService.RealServer))
            {
                yield return $"vip-off {node.Name}";
            }
        }
    }

    private void SetPort(string node, string state)
    {
        _ = _lab.Topology.Node(node);
        _lab.Switch.RunChecked(["ip", "link", "set", "dev", node, state]);
    }

    // At the way out to the target, so that of three directors only one goes deaf. VRRP is IP protocol 112 and its
    // packets carry the sender's own address.
    private void DropDirection(string source, string target)
    {
        LabNode from = Director(source);
        _ = Director(target);
        string chain = ChainOf(source, target);
        _lab.Switch.RunChecked(["nft", "-f", "-"], string.Create(CultureInfo.InvariantCulture, $$"""
            table netdev {{Table}} {
                chain {{chain}} {
                    type filter hook egress device "{{target}}" priority 0
                }
            }
            flush chain netdev {{Table}} {{chain}}
            add rule netdev {{Table}} {{chain}} ip protocol 112 ip saddr {{from.Address}} counter drop

            """));
    }

    private bool HasChain(string chain) => _lab.Switch.Run(["nft", "list", "chain", "netdev", Table, chain]).Succeeded;

    private LabNode Director(string name)
    {
        LabNode node = _lab.Topology.Node(name);
        return node.Runs(LabService.Director) ? node : throw new LabException($"{name} is no director");
    }

    private Machine RealServer(string name) =>
        _lab.Topology.Node(name).Runs(LabService.RealServer)
            ? _lab.MachineOf(name)
            : throw new LabException($"{name} is no real server");

    private static string ChainOf(string source, string target) => $"{source}_to_{target}";
}
