using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>One node of a cluster that is judged.</summary>
internal sealed class JudgedNode
{
    public JudgedNode(string file, Configuration configuration, SettingPlaces places)
    {
        File = file;
        Places = places;
        Configuration = configuration;
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            foreach (VirtualTarget target in server.Targets)
            {
                Servers.TryAdd(target.Address, server);
            }
        }
    }

    public string File { get; }

    public Configuration Configuration { get; }

    public SettingPlaces Places { get; }

    public Dictionary<TransportEndpoint, VirtualServerConfig> Servers { get; } = [];

    /// <summary>
    /// The same virtual router on another node: the instance of that name; or, as names are a node's own affair, one whose
    /// name this node does not know, with the same number and an address of ours (half the world has the number 51).
    /// </summary>
    public VrrpInstanceConfig? CounterpartOn(JudgedNode other, VrrpInstanceConfig instance) =>
        other.Named(instance.Name)
        ?? other.Configuration.Instances.FirstOrDefault(candidate =>
            candidate.VirtualRouterId == instance.VirtualRouterId
            && Named(candidate.Name) is null
            && Addresses(candidate).Intersect(Addresses(instance)).Any());

    public static IEnumerable<IpAddress> Addresses(VrrpInstanceConfig instance) =>
        instance.HeldAddresses.Select(address => address.Prefix.Address);

    private VrrpInstanceConfig? Named(string name) => Configuration.Instances.FirstOrDefault(instance => instance.Name == name);
}
