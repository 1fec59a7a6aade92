using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>The options behind a virtual address.</summary>
internal static class AddressView
{
    // The kernel's number of the scope that is meant when none is typed.
    private const byte GlobalScope = 0;

    public static OptionView<VirtualAddressConfig>[] Options { get; } =
    [
        new("dev", address => Text(address.Device)),
        new("label", address => Text(address.Label)),
        new("brd", address => Text(address.Broadcast?.ToString())),
        new("scope", address => address.Scope == GlobalScope ? null : new EffectiveValue.Number(address.Scope)),
        new("peer", address => Text(address.Peer?.ToString())),
        new("preferred_lft", address => address.PreferredLifetimeSeconds switch
        {
            null => null,
            uint.MaxValue => new EffectiveValue.Text("forever"),
            uint seconds => new EffectiveValue.Number(seconds),
        }),
        new("use_vmac", address => Flag(address.UsesVmac)),
        new("home", address => Flag(address.Home)),
        new("-nodad", address => Flag(address.DetectsDuplicates)),
        new("mngtmpaddr", address => Flag(address.ManagesTemporary)),
        new("noprefixroute", address => Flag(address.NoPrefixRoute)),
        new("autojoin", address => Flag(address.AutoJoin)),
        new("no_track", address => Flag(address.NoTrack)),
        new("track_group", address => Text(address.TrackGroup)),
    ];

    private static EffectiveValue.Text? Text(string? text) => text is null ? null : new EffectiveValue.Text(text);

    private static EffectiveValue.Flag? Flag(bool isOn) => isOn ? new EffectiveValue.Flag(isOn) : null;
}
