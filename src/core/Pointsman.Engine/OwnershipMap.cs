using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>
/// Which instance owns which virtual address, and the lease slot in which its mastership stands. A slot is the
/// virtual router id, so that it stays the same over restarts and edits of the file; instances that share an id on
/// different interfaces take slots above the ids, in file order.
/// </summary>
public sealed class OwnershipMap
{
    /// <summary>Slots 0..255 are virtual router ids.</summary>
    private const int FirstSharedSlot = 256;

    private readonly Dictionary<IpAddress, string> _ownerOf = [];
    private readonly Dictionary<string, int> _slotOf = [];

    public OwnershipMap(Configuration configuration)
    {
        int nextShared = FirstSharedSlot;
        var used = new HashSet<int>();
        var shared = new HashSet<IpAddress>();
        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            _slotOf[instance.Name] = used.Add(instance.VirtualRouterId) ? instance.VirtualRouterId : nextShared++;
            foreach (VirtualAddressConfig address in instance.HeldAddresses)
            {
                if (!_ownerOf.TryAdd(address.Prefix.Address, instance.Name)
                    && _ownerOf[address.Prefix.Address] != instance.Name)
                {
                    shared.Add(address.Prefix.Address);
                }
            }
        }

        Addresses =
        [
            .. _ownerOf.Keys.Where(address => !shared.Contains(address)).Order()
                .Select(address => new OwnedAddress(address, SlotOf(_ownerOf[address]))),
        ];
    }

    /// <summary>The instance that moves the address; null when none does, so that this node always owns it.</summary>
    public string? OwnerOf(IpAddress address) => _ownerOf.GetValueOrDefault(address);

    public int SlotOf(string instance) => _slotOf[instance];

    /// <summary>
    /// Addresses whose instance alone decides who answers for them. A link-local address may be held by several, each on a
    /// link of its own: of those none is here.
    /// </summary>
    public ImmutableArray<OwnedAddress> Addresses { get; }

    public int? SlotOf(IpAddress address) => OwnerOf(address) is { } owner ? SlotOf(owner) : null;
}
