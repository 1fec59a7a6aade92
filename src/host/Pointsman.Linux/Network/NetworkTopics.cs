namespace Pointsman.Linux.Network;

/// <summary>What a <see cref="NetworkMonitor"/> listens to.</summary>
[Flags]
public enum NetworkTopics
{
    None = 0,
    Links = 1,
    Addresses = 2,
    Neighbours = 4,
    Routes = 8,
    Rules = 16,
}
