namespace Pointsman.Config.Inventory;

/// <summary>What this version does with a keyword of keepalived.</summary>
public enum Fate
{
    Works,

    /// <summary>Accepted; nothing comes of it.</summary>
    NoEffect,

    /// <summary>A file with it is not used.</summary>
    Refused,
}
