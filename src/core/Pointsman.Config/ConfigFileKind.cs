namespace Pointsman.Config;

/// <summary>What stands at a path that a configuration includes.</summary>
public enum ConfigFileKind
{
    Missing,
    File,

    /// <summary>A file somebody may execute: keepalived takes it for a script, never for a configuration.</summary>
    Executable,
    Folder,

    /// <summary>A FIFO, a socket, a device: reading it might never end.</summary>
    Special,
}
