namespace Pointsman.Config.Model;

/// <summary>How a driver is asked whether its link carries.</summary>
public enum LinkBeatMethod
{
    /// <summary>By the first of the others that answers.</summary>
    Any,
    Mii,
    Ethtool,
    Ioctl,
}
