using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>What the kernel side does with packets.</summary>
public sealed record DataPathStatus
{
    public ImmutableArray<InterfaceStatus> Interfaces { get; init; } = [];

    /// <summary>Connections in the table now.</summary>
    public long Connections { get; init; }

    /// <summary>How many the table can hold.</summary>
    public long ConnectionCapacity { get; init; }

    /// <summary>Records of its tables that the daemon has written or removed since it started.</summary>
    public long TableWrites { get; init; }

    /// <summary>Packets by what became of them; the names are those of the verdict list.</summary>
    public IReadOnlyDictionary<string, ulong> Verdicts { get; init; } = ImmutableDictionary<string, ulong>.Empty;
}
