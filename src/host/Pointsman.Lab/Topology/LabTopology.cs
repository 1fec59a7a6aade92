using Pointsman.Base;

namespace Pointsman.Lab.Topology;

/// <summary>One named network of machines: everything <c>lab up</c> builds, as data (<c>lab/NAME/topology.json</c>).</summary>
public sealed record LabTopology(
    string Name,
    string Story,
    int PrefixLength,
    IReadOnlyList<VirtualService> VirtualServices,
    IReadOnlyList<LabNode> Nodes)
{
    /// <summary>The machine from which the probes ask.</summary>
    public const string ClientName = "client";

    /// <summary>The machine that holds the bridge; every topology has it, none lists it.</summary>
    public const string SwitchName = "switch";

    public IEnumerable<LabNode> Directors => Nodes.Where(node => node.Runs(LabService.Director));

    /// <summary>Each virtual IP once, in the order of the services.</summary>
    public IEnumerable<string> VirtualAddresses => VirtualServices.Select(service => service.Address).Distinct();

    public LabNode Node(string name) =>
        Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new LabException(
            $"the lab `{Name}` has no machine `{name}`; it has {string.Join(", ", Nodes.Select(node => node.Name))}");

    public static LabTopology Load(string name)
    {
        if (!LabFiles.TopologyNames.Contains(name))
        {
            throw new LabException($"there is no lab `{name}`; there are {string.Join(", ", LabFiles.TopologyNames)}");
        }

        return System.Text.Json.JsonSerializer.Deserialize(
                LabFiles.Text($"{name}/topology.json"), LabJson.Default.LabTopology)
            ?? throw new LabException($"lab/{name}/topology.json is empty");
    }
}

/// <summary>A virtual IP and the TCP port served there.</summary>
public sealed record VirtualService(string Address, int Port);

/// <summary>One machine: its only network card is <c>eth0</c>, a port of the switch.</summary>
/// <param name="Name">Its host name.</param>
/// <param name="Address">Its own address.</param>
/// <param name="Services">What it runs.</param>
/// <param name="MoreAddresses">Further addresses of its card: one client machine asks as many clients.</param>
public sealed record LabNode(
    string Name, string Address, IReadOnlyList<LabService> Services, IReadOnlyList<string>? MoreAddresses = null)
{
    /// <summary>Its own address, then the further ones.</summary>
    public IEnumerable<string> Addresses => [Address, .. MoreAddresses ?? []];

    public bool Runs(LabService service) => Services.Contains(service);

    /// <summary>02:00 and the four bytes of the address, so that a capture can be read without a table.</summary>
    public MacAddress Mac =>
        IpAddress.TryParse(Address, out IpAddress address) && address.IsV4
            ? new MacAddress(0x0200_0000_0000UL | address.V4Bits)
            : throw new LabException($"machine `{Name}`: `{Address}` is not an IPv4 address");
}
