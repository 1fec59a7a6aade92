using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>What <c>global_defs</c> says of adverts, for instances that say nothing else.</summary>
public sealed record AdvertDefaults
{
    public byte Version { get; init; } = 2;

    public bool SkipAddressCheck { get; init; }

    public bool CheckUnicastSource { get; init; }

    public IpAddress? MulticastGroup4 { get; init; }

    public IpAddress? MulticastGroup6 { get; init; }

    public bool ChecksumAsVersion2 { get; init; }

    public int DownTimerAdverts { get; init; } = 3;
}
