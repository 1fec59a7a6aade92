using System.Globalization;
using Pointsman.Base;
using Pointsman.Bench.Kernel;
using Pointsman.Linux.Bpf;

namespace Pointsman.Bench.Forward;

/// <summary>
/// Three directors side by side, each with the same cables: a bare XDP forwarder, a namespace in which the kernel routes,
/// and Pointsman. By one leg packets leave as they came in, by two they leave by another interface.
/// </summary>
internal sealed class Streets : IDisposable
{
    internal const string Bare = "bare XDP forwarder";
    internal const string Kernel = "kernel routing";
    internal const string Pointsman = "pointsman";

    private const string RouterSpace = "router";
    private readonly List<XdpLink> _links = [];

    private Streets(BenchPrograms programs)
    {
        var bare = new Cable("bare", null, 1).Lay(programs.Sink);
        var bareIn = new Cable("bare-in", null, 2).Lay(programs.Sink);
        var bareOut = new Cable("bare-out", null, 3).Lay(programs.Sink);
        _links.Add(XdpLink.Attach(programs.Forward, bare.NearIndex, native: true));
        _links.Add(XdpLink.Attach(programs.Redirect, bareIn.NearIndex, native: true));
        programs.SetDevice(bareOut.NearIndex);

        Cable routed = LayRouter(programs);
        Director = PointsmanDirector.Create(programs.Sink);
        OneLeg =
        [
            new Way(Bare, bare, PointsmanDirector.OneLegService),
            new Way(Kernel, routed, PointsmanDirector.OneLegService),
            new Way(Pointsman, Director.Entry, PointsmanDirector.OneLegService),
        ];
        TwoLegs =
        [
            new Way(Bare, bareIn, PointsmanDirector.TwoLegService),
            new Way(Kernel, routed, PointsmanDirector.TwoLegService),
            new Way(Pointsman, Director.Entry, PointsmanDirector.TwoLegService),
        ];
    }

    /// <summary>Pointsman's.</summary>
    internal PointsmanDirector Director { get; }

    internal IReadOnlyList<Way> OneLeg { get; }

    internal IReadOnlyList<Way> TwoLegs { get; }

    internal static Streets Build(BenchPrograms programs)
    {
        Cable.MakeOutside();
        return new Streets(programs);
    }

    public void Dispose()
    {
        Director.Dispose();
        _links.ForEach(link => link.Dispose());
    }

    private static Cable LayRouter(BenchPrograms programs)
    {
        Command.Run($"ip netns add {RouterSpace}");
        var entry = new Cable("routed", RouterSpace, 4).Lay(programs.Sink);
        var exit = new Cable("routed-out", RouterSpace, 5).Lay(programs.Sink);
        foreach (Cable cable in new[] { entry, exit })
        {
            // Without a program of its own an end of a veth takes what a program sends into it only with GRO.
            Command.Run($"ip netns exec {RouterSpace} ethtool -K {cable.Name} gro on");
        }

        Command.Run($"ip netns exec {RouterSpace} sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 "
            + $"net.ipv4.conf.{entry.Name}.send_redirects=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{entry.Name}.rp_filter=0");
        Route(entry, PointsmanDirector.OneLegService, "10.77.200.1");
        Route(exit, PointsmanDirector.TwoLegService, "10.77.200.2");

        // The clients' way back, which reverse path checks and the route cache ask for.
        Command.Run($"ip -netns {RouterSpace} route add 198.51.0.0/16 dev {entry.Name}");
        return entry;
    }

    private static void Route(Cable cable, IpAddress service, string gateway)
    {
        Command.Run($"ip -netns {RouterSpace} route add {gateway}/32 dev {cable.Name}");
        Command.Run($"ip -netns {RouterSpace} neigh add {gateway} lladdr {cable.Far} dev {cable.Name} nud permanent");
        Command.Run(string.Create(
            CultureInfo.InvariantCulture, $"ip -netns {RouterSpace} route add {service}/32 via {gateway} dev {cable.Name}"));
    }
}
