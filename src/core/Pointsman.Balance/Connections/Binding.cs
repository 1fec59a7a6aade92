using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>A persistence template: the clients of this network go to this server.</summary>
/// <param name="IsAssured">One of their connections was established.</param>
/// <param name="Left">Until it is looked at whether it ends.</param>
public sealed record Binding(IpAddress Network, int Server, bool IsAssured, TimeSpan Left)
{
    /// <summary>Its Call-ID, where clients are bound for a call each; null: for all they do.</summary>
    public string? Call { get; init; }
}
