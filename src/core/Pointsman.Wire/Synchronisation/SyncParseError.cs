namespace Pointsman.Wire.Synchronisation;

/// <summary>Why a message of IPVS's synchronisation, or the rest of it, cannot be taken. One member, one counter, one test.</summary>
public enum SyncParseError
{
    None,

    /// <summary>Shorter than a header.</summary>
    TooShort,

    /// <summary>The size in the header is not that of the datagram.</summary>
    Size,

    /// <summary>An entry reaches beyond the message.</summary>
    EntryTruncated,

    /// <summary>An entry says it is shorter than its addresses are.</summary>
    EntrySize,

    /// <summary>An entry of a form that no version has.</summary>
    EntryVersion,

    /// <summary>Neither of IPv4 nor of IPv6.</summary>
    EntryType,

    /// <summary>An option of length zero, or one that reaches beyond its entry.</summary>
    OptionTruncated,

    /// <summary>A known option of a length that it cannot have.</summary>
    OptionLength,

    /// <summary>A known option for the second time.</summary>
    OptionTwice,
}
