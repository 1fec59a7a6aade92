using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears from the kernel when tables, chains, rules, sets or what is in sets of nftables are removed in the network namespace of the thread
/// that made it, by whomever. Poll <see cref="Descriptor"/>, then call <see cref="TakeRemoval"/>.
/// </summary>
public sealed class RulesetMonitor : IDisposable
{
    private const int NetlinkNetfilter = 12;
    private const uint NftablesGroup = 1 << 6;      // NFNLGRP_NFTABLES is 7, and groups count from 1
    private const int NftablesSubsystem = 10;

    // NFT_MSG_DELTABLE, DELCHAIN, DELRULE, DELSET, DELSETELEM; since Linux 6.3 DESTROYTABLE, CHAIN, RULE, SET, SETELEM, too.
    private static readonly int[] s_removals = [2, 5, 8, 11, 14, 26, 27, 28, 29, 30];

    private readonly NetlinkSocket _socket = new(NetlinkNetfilter, NftablesGroup);
    private bool _isRemoved;

    public FileDescriptor Descriptor => _socket.Descriptor;

    /// <summary>Whether something was removed since the last call, or so much happened that it is not known.</summary>
    public bool TakeRemoval()
    {
        _isRemoved = false;
        try
        {
            while (_socket.TryReceive((type, _) => _isRemoved |= type >> 8 == NftablesSubsystem && s_removals.Contains(type & 0xff)))
            {
            }
        }
        catch (ErrnoException lost) when (lost.Errno == Errno.NoBufferSpace)
        {
            return true;
        }

        return _isRemoved;
    }

    public void Dispose() => _socket.Dispose();
}
