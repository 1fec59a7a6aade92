using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>Names a connection of a service: its client's address and port.</summary>
public readonly record struct FlowKey(IpAddress Client, ushort Port);
