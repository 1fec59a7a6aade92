namespace Pointsman.Wire.Synchronisation;

/// <summary>Of an entry; IPVS's numbers. A receiver keeps <see cref="Kept"/> of what it is sent.</summary>
[Flags]
public enum SyncFlags
{
    None = 0,

    /// <summary>The forwarding method: 0 NAT, 1 local, 2 tunnel, 3 route, 4 bypass.</summary>
    MethodMask = 0x7,

    /// <summary>The sender itself has the connection from another.</summary>
    Synchronised = 0x20,

    /// <summary>The server's answers do not pass the director.</summary>
    NoOutput = 0x80,

    /// <summary>Counted as inactive.</summary>
    Inactive = 0x100,

    /// <summary>TCP sequence numbers of the server's side are shifted.</summary>
    OutputSequence = 0x200,

    /// <summary>Those of the client's side.</summary>
    InputSequence = 0x400,

    /// <summary>The client's port is not known yet (FTP).</summary>
    NoClientPort = 0x800,

    /// <summary>A persistence template, and no connection.</summary>
    Template = 0x1000,

    /// <summary>One packet each; never sent.</summary>
    OnePacket = 0x2000,

    Sequences = OutputSequence | InputSequence,

    Kept = MethodMask | NoOutput | Inactive | Sequences | NoClientPort | Template,
}
