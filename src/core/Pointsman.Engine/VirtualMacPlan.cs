using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>An interface with a virtual router's MAC address.</summary>
/// <param name="Parent">The interface it stands on.</param>
/// <param name="IsOwn">The instance's own, by <c>use_vmac</c>; the others are there for addresses.</param>
public sealed record PlannedVirtualMac(string Name, string Parent, MacAddress Mac, bool IsOwn);

/// <summary>
/// Which interfaces with virtual MAC addresses an instance needs, how they are called, and which address goes where, as
/// keepalived does it. The same file gives the same names.
/// </summary>
public sealed class VirtualMacPlan
{
    private readonly Dictionary<string, ImmutableArray<PlannedVirtualMac>> _macs = [];
    private readonly Dictionary<(string Instance, IpAddress Address), string> _deviceOf = [];
    private readonly HashSet<string> _names;
    private readonly GlobalDefinitions _global;

    public VirtualMacPlan(Configuration configuration)
    {
        _global = configuration.Global;
        _names = [.. configuration.Instances.Select(instance => instance.Vmac.Name).OfType<string>()];
        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            _macs[instance.Name] = Plan(instance);
        }
    }

    public ImmutableArray<PlannedVirtualMac> Of(string instance) => _macs[instance];

    /// <summary>The interface an address is set on.</summary>
    public string DeviceOf(VrrpInstanceConfig instance, VirtualAddressConfig address) =>
        _deviceOf.TryGetValue((instance.Name, address.Prefix.Address), out string? device)
            ? device
            : address.Device ?? instance.Interface;

    private ImmutableArray<PlannedVirtualMac> Plan(VrrpInstanceConfig instance)
    {
        var macs = new List<PlannedVirtualMac>();
        if (instance.Vmac.IsUsed)
        {
            string name = instance.Vmac.Name ?? FreeName(_global.VmacPrefix, instance, instance.Adverts.Family);
            macs.Add(new PlannedVirtualMac(name, instance.Interface, MacOf(instance, instance.Adverts.Family), IsOwn: true));
        }

        foreach (VirtualAddressConfig address in instance.HeldAddresses)
        {
            string parent = address.Device ?? instance.Interface;
            IpFamily family = address.Prefix.Address.Family;
            bool isAtHome = parent == instance.Interface;
            bool isOdd = !isAtHome || family != instance.Adverts.Family;
            if (!(isAtHome && instance.Vmac.IsUsed) && !address.UsesVmac && !(instance.Vmac.ForOtherAddresses && isOdd))
            {
                continue;
            }

            // keepalived: unless told otherwise, an address of the other family is set beside the others.
            MacAddress mac = MacOf(
                instance, isAtHome && !address.UsesVmac && !instance.Vmac.ForOtherAddresses ? instance.Adverts.Family : family);
            PlannedVirtualMac? there = macs.Find(known => known.Parent == parent && known.Mac == mac);
            if (there is null)
            {
                string name = FreeName(_global.VmacAddressPrefix ?? _global.VmacPrefix, instance, family);
                macs.Add(there = new PlannedVirtualMac(name, parent, mac, IsOwn: false));
            }

            _deviceOf[(instance.Name, address.Prefix.Address)] = there.Name;
        }

        return [.. macs];
    }

    private static MacAddress MacOf(VrrpInstanceConfig instance, IpFamily family) =>
        instance.Vmac.Mac ?? MacAddress.VirtualRouter(family, instance.VirtualRouterId);

    // vrrp.51; where that is taken, vrrp6.51 for IPv6; and then with whatever number is free.
    private string FreeName(string prefix, VrrpInstanceConfig instance, IpFamily family)
    {
        string Numbered(int? number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}.{instance.VirtualRouterId}");
        string name = Numbered(null);
        if (_names.Add(name))
        {
            return name;
        }

        int next = family == IpFamily.V6 ? 6 : 1;
        for (name = Numbered(next); !_names.Add(name); next++)
        {
            name = Numbered(next);
        }

        return name;
    }
}
