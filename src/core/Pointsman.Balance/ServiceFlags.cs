namespace Pointsman.Balance;

/// <summary>The flags of a virtual service, by IPVS's numbers (<c>ipvsadm -b</c>).</summary>
[Flags]
public enum ServiceFlags
{
    None = 0,

    /// <summary>Each datagram is scheduled by itself, and none is remembered (<c>ipvsadm -o</c>).</summary>
    OnePacket = 0x04,

    /// <summary>flag-1. sh and mh: a server that gets no new connections is passed over.</summary>
    Fallback = 0x08,

    /// <summary>flag-2. sh and mh: the client's port counts, too.</summary>
    Port = 0x10,

    /// <summary>flag-3, which no scheduler reads.</summary>
    Third = 0x20,

    /// <summary>A client keeps its server for a call and not for all it does (<c>ipvsadm --pe sip</c>). No number of IPVS.</summary>
    Calls = 0x80,
}
