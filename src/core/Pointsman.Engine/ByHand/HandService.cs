using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/// <summary>A virtual service as it was set by hand: what <c>ipvsadm -A</c> and <c>-E</c> can say.</summary>
/// <param name="Persistence">Null: none.</param>
public sealed record HandService(LoadBalanceAlgorithm Algorithm, SchedulerFlags Flags, TimeSpan? Persistence, int PersistencePrefixLength)
{
    /// <summary>Bits of IPv4 among those of the prefix that do not count all the same.</summary>
    public uint PersistenceGaps { get; init; }

    /// <summary>Each datagram of a UDP service is balanced by itself.</summary>
    public bool OnePacket { get; init; }

    /// <summary>A client keeps its server for a call: the persistence engine <c>sip</c>.</summary>
    public bool ByCall { get; init; }

    public override string ToString() =>
        $"{Algorithm.ToString().ToLowerInvariant()} flags {(int)Flags} persistent {Persistence?.TotalSeconds ?? 0:0}/{Network}{(OnePacket ? " ops" : "")}{(ByCall ? " sip" : "")}";

    internal static HandService Of(VirtualServerConfig server) =>
        new(server.Algorithm, server.Flags, server.PersistenceTimeout, server.PersistencePrefixLength)
        {
            PersistenceGaps = server.PersistenceGaps,
            OnePacket = server.OnePacket,
            ByCall = server.ByCall,
        };

    private string Network => PersistenceGaps == 0
        ? PersistencePrefixLength.ToString(CultureInfo.InvariantCulture)
        : new V4Mask(PersistencePrefixLength, PersistenceGaps).ToString();
}
