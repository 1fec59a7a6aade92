using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>What schedulers know of the connection to be placed, beside their servers.</summary>
/// <param name="Now">For those that forget.</param>
public readonly record struct ConnectionRequest(IpAddress Client, ushort ClientPort, IpAddress Virtual, Instant Now = default);
