namespace Pointsman.App.Ipvsadm;

/// <summary>The tables exist (or may) but cannot be read; the message says why, as the end of a sentence.</summary>
internal sealed class IpvsTablesException(string message, Exception? inner = null) : Exception(message, inner);
