namespace Pointsman.Dataplane.Tables;

/// <summary>Which marks of the firewall can name a service.</summary>
internal static class PmMarks
{
    /// <summary>A next hop of 240.0.0.0/4 stands for each.</summary>
    internal const uint Highest = (1 << 28) - 1;
}
