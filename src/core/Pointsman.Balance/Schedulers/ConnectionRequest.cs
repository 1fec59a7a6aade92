using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>What schedulers that hash know of the connection to be placed.</summary>
public readonly record struct ConnectionRequest(IpAddress Client, ushort ClientPort, IpAddress Virtual);
