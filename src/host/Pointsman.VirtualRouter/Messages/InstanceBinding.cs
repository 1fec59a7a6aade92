using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pointsman.VirtualRouter.Json;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>Where an instance's addresses go, and which ownership lease stands for them.</summary>
public sealed record InstanceBinding
{
    public ImmutableArray<VirtualAddress> Addresses { get; init; } = [];

    /// <summary>How often what stands where no advert leaves is announced again; zero: never.</summary>
    public TimeSpan ExtraAnnouncements { get; init; }

    /// <summary>That holds for all such interfaces, not only those with a virtual MAC address.</summary>
    public bool AnnouncesEverywhere { get; init; }

    /// <summary>The addresses are held and do not answer.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>They move with the addresses.</summary>
    public ImmutableArray<VirtualRoute> Routes { get; init; } = [];

    /// <summary>They move with the addresses.</summary>
    public ImmutableArray<VirtualRule> Rules { get; init; } = [];

    /// <summary>The interfaces with the virtual router's MAC address; addresses name them as their device.</summary>
    public ImmutableArray<VirtualMac> VirtualMacs { get; init; } = [];

    /// <summary>Null: nothing in the data plane hangs on this instance.</summary>
    public int? LeaseSlot { get; init; }

    /// <summary>A master has nothing to do when this one takes the other's place.</summary>
    internal bool PlacesTheSame(InstanceBinding other) =>
        LeaseSlot == other.LeaseSlot && IsDeaf == other.IsDeaf
        && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan())
        && VirtualMacs.AsSpan().SequenceEqual(other.VirtualMacs.AsSpan())
        && AreSame(Routes, other.Routes, RoleJson.Default.VirtualRoute)
        && AreSame(Rules, other.Rules, RoleJson.Default.VirtualRule);

    // Routes have lists within.
    private static bool AreSame<T>(ImmutableArray<T> these, ImmutableArray<T> those, JsonTypeInfo<T> form) =>
        these.Length == those.Length && these.Zip(those).All(pair =>
            JsonSerializer.Serialize(pair.First, form) == JsonSerializer.Serialize(pair.Second, form));
}
