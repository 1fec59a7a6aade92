namespace Pointsman.Lab.Views;

/// <summary>A lab as <c>lab status</c> shows it, and as its JSON.</summary>
public sealed record LabStatus(
    string Lab, DirectorKind Director, IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<string> Faults);

/// <param name="Name">The machine.</param>
/// <param name="Address">Its own address on <c>eth0</c>.</param>
/// <param name="Pid">The process that holds the machine, as the host numbers it.</param>
/// <param name="Services">What the topology starts there, in the order of starting.</param>
/// <param name="VirtualAddresses">Virtual IPs it holds as a director.</param>
public sealed record NodeStatus(
    string Name, string Address, int Pid, IReadOnlyList<ServiceStatus> Services, IReadOnlyList<string> VirtualAddresses);

public sealed record ServiceStatus(string Name, bool Running);
