using System.Globalization;
using Pointsman.Base;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Bench.Kernel;

/// <summary>
/// A veth pair from a director to the outside, which is a namespace of its own where packets are made and where those
/// that went through are counted.
/// </summary>
internal sealed record Cable(string Name, string? DirectorSpace, int Number)
{
    internal const string Outside = "outside";

    /// <summary>The director's end.</summary>
    internal MacAddress Near => new(0x0200_0000_0100ul + (ulong)Number);

    /// <summary>The end outside.</summary>
    internal MacAddress Far => new(0x0200_0000_0200ul + (ulong)Number);

    internal int NearIndex { get; private set; }

    internal int FarIndex { get; private set; }

    private string FarName => $"{Name}-out";

    internal static void MakeOutside() => Command.Run($"ip netns add {Outside}");

    internal Cable Lay(BpfProgram sink)
    {
        Command.Run($"ip link add {Name} address {Near} type veth peer name {FarName} address {Far} netns {Outside}");
        if (DirectorSpace is not null)
        {
            Command.Run($"ip link set {Name} netns {DirectorSpace}");
        }

        Command.Run($"ip {InDirector} link set {Name} up");
        Command.Run($"ip -netns {Outside} link set {FarName} up");
        NearIndex = DirectorSpace is null ? IndexOf(Name) : NetworkNamespace.InNamed(DirectorSpace, () => IndexOf(Name));
        FarIndex = NetworkNamespace.InNamed(Outside, () =>
        {
            int index = IndexOf(FarName);

            // It counts what comes out; and XDP_TX of a veth delivers only where the other end has a program.
            _links.Add(XdpLink.Attach(sink, index, native: true));
            return index;
        });
        return this;
    }

    private string InDirector => DirectorSpace is null ? "" : $"-netns {DirectorSpace}";

    // Held until the process ends, as the namespaces are.
    private readonly List<XdpLink> _links = [];

    private static int IndexOf(string name)
    {
        using var routes = new RouteClient();
        return routes.FindLink(name)?.Index
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no interface {name}"));
    }
}
