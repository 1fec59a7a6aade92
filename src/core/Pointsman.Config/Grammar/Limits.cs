namespace Pointsman.Config.Grammar;

/// <summary>Bounds that several rows share.</summary>
internal static class Limits
{
    /// <summary>keepalived keeps timers as 32 bits of microseconds.</summary>
    public const decimal SecondsMost = 4294;

    public const decimal SecondsLeast = 0.001m;

    /// <summary>A real server's weight in IPVS has 16 bits here.</summary>
    public const int WeightMost = 65535;

    /// <summary>IPVS counts connections in a signed number of 32 bits.</summary>
    public const int ConnectionsMost = int.MaxValue;

    /// <summary>A priority is 1..254 with the owner's 255 apart, so no weight moves it further.</summary>
    public const int TrackWeightMost = 253;
}
