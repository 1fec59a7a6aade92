namespace Pointsman.Linux.Network;

/// <summary>Whom to ask whether a link carries.</summary>
public enum LinkBeatSource
{
    /// <summary>The first of the others that answers.</summary>
    Any,

    /// <summary>The status register of the network card's transceiver (IEEE 802.3 clause 22).</summary>
    Mii,

    /// <summary>The driver, by <c>ETHTOOL_GLINK</c>.</summary>
    Ethtool,

    /// <summary>The interface's flags: up and running.</summary>
    Ioctl,
}
