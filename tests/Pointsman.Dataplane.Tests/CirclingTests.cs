using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// No packet circles between directors that are each other's real servers: what another director sent here, and what comes when this
/// node's ownership has ended, goes up the stack as it came, whatever is remembered of it - by each method, family and protocol, for
/// services of a port, of all ports and by a mark.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class CirclingTests(SharedPlane shared)
{
    private const uint Mark = 0x01020309;
    private const byte Tcp = 6;
    private const byte Remote = 2;
    private static readonly PeerDirector s_peer = new(Frame.Mac("02:00:00:00:00:d2"), IpAddress.Parse("10.0.0.202"));
    private readonly TestPlane _plane = shared.Fresh();

    /// <summary>How a service's packets get to a server that is not this node.</summary>
    public enum Way
    {
        DirectRoute,
        Ipip,
        Gre,
        Gue,
        Nat,
        FullNat,
    }

    /// <summary>Why the packet must not be sent on.</summary>
    public enum Barrier
    {
        /// <summary>Another director has sent it here.</summary>
        FromPeer,

        /// <summary>This node let go of the address.</summary>
        LeaseReleased,

        /// <summary>Nobody has renewed the lease; a node that is no server would go on forwarding for a while.</summary>
        ClaimLapsed,
    }

    /// <summary>By what a packet is known to the service.</summary>
    public enum Kind
    {
        Port,
        AllPorts,
        Mark,
    }

    /// <summary>What is remembered of the packet.</summary>
    private enum Step
    {
        /// <summary>Nothing: it begins a connection.</summary>
        First,

        /// <summary>Its connection.</summary>
        OfAConnection,

        /// <summary>Its client's server, of which it begins another connection.</summary>
        OfABoundClient,

        /// <summary>The fragment before it.</summary>
        LaterFragment,
    }

    public static TheoryData<Way, bool, byte, Barrier, Kind> Cases()
    {
        var cases = new TheoryData<Way, bool, byte, Barrier, Kind>();
        foreach (Way way in Enum.GetValues<Way>())
        {
            foreach (bool isV6 in new[] { false, true })
            {
                // Full NAT is for TCP and UDP.
                foreach (byte protocol in way == Way.FullNat ? new[] { Tcp, Frame.Udp } : [Tcp, Frame.Udp, Frame.Sctp])
                {
                    foreach (Barrier barrier in Enum.GetValues<Barrier>())
                    {
                        foreach (Kind kind in Enum.GetValues<Kind>())
                        {
                            // Frames with a mark come from the firewall: the lease alone keeps them (docs/decisions/0020-marks.md).
                            if ((barrier, kind) != (Barrier.FromPeer, Kind.Mark))
                            {
                                cases.Add(way, isV6, protocol, barrier, kind);
                            }
                        }
                    }
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhateverIsRemembered_GoesUpTheStackAsItCame(Way way, bool isV6, byte protocol, Barrier barrier, Kind kind)
    {
        foreach (Step step in Enum.GetValues<Step>())
        {
            var site = new Site(way, isV6, protocol, kind, step);
            Stand(site, []);
            byte[] packet = Site.FromPeer(Begin(site), barrier == Barrier.FromPeer);
            if (barrier == Barrier.FromPeer)
            {
                Stand(site, [s_peer]);
            }
            else if (barrier == Barrier.LeaseReleased)
            {
                _plane.Plane.Leases.Release(TestPlane.Lease);
            }
            else
            {
                _plane.LetClaimLapse(forwards: TimeSpan.FromMinutes(1));
            }

            (int, int)[] loads = _plane.Loads();
            string[] remembered = Remembered();

            (string verdict, XdpAction action, byte[] bytes) = Send(packet, kind);

            Assert.Equal((step, XdpAction.Pass), (step, action));
            Assert.Equal((step, barrier == Barrier.FromPeer ? "from-peer-director" : "not-armed"), (step, verdict));
            int from = kind == Kind.Mark ? 6 : 0;
            Assert.Equal(packet[from..], bytes[from..]);
            Assert.Equal(loads, _plane.Loads());
            Assert.Equal(remembered, Remembered());
            Forget();
        }
    }

    private void Stand(Site site, PeerDirector[] peers)
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Plane.Apply(TestPlane.Plan(site.Service()) with
        {
            Peers = [.. peers],
            Addresses = [new OwnedAddress(IpAddress.Parse(site.Client(0).Target), TestPlane.Lease)],
        });
    }

    /// <summary>Makes this node remember what the step needs, of a packet for the other server.</summary>
    /// <returns>The packet that comes next.</returns>
    private byte[] Begin(Site site)
    {
        for (int client = 0; site.Step != Step.First; client++)
        {
            Frame first = site.Client(client);
            byte[][] pieces = site.Step == Step.LaterFragment ? Pieces.Cut(first, id: (ushort)(7 + client), 64) : [(first with { PaddingBytes = 0 }).Build()];
            if (Send(pieces[0], site.Kind) is not ("forwarded", _, _) and not ("local", _, _) and var other)
            {
                Assert.Fail($"{site.Step}: {other.Verdict}");
            }

            // In turn: the first or the second is not this node's.
            if (_plane.Plane.ReadConnections().Any(entry => !entry.IsTemplate && entry.Server.Address == site.Other))
            {
                Assert.InRange(client, 0, 1);
                return site.Step switch
                {
                    Step.OfAConnection => (first.With(TcpFlags.Ack) with { Chunk = 0, PaddingBytes = 0 }).Build(),
                    Step.OfABoundClient => (first with { SourcePort = 50000, PaddingBytes = 0 }).Build(),
                    _ => pieces[1],
                };
            }
        }

        return (site.Client(0) with { PaddingBytes = 0 }).Build();
    }

    private (string Verdict, XdpAction Action, byte[] Bytes) Send(byte[] packet, Kind kind)
    {
        IReadOnlyDictionary<string, long> before = _plane.Plane.ReadSnapshot().Verdicts;
        var output = new byte[2048];
        XdpRun run = kind == Kind.Mark ? _plane.RunMarked(packet, output) : _plane.Run(packet, output);
        string verdict = Assert.Single(
            _plane.Plane.ReadSnapshot().Verdicts, pair => pair.Value != before[pair.Key] && !pair.Key.StartsWith("note-", StringComparison.Ordinal)).Key;
        return (verdict, run.Action, output[..run.SizeBytes]);
    }

    private string[] Remembered() => [.. _plane.Plane.ReadConnections()
        .Select(entry => $"{entry.IsTemplate} {entry.Client} {entry.Virtual} {entry.Server} {entry.State}").Order(StringComparer.Ordinal)];

    private void Forget()
    {
        _plane.Plane.Apply(ForwardingPlan.Empty);
        _plane.ExpireAll();
        _plane.Sweep();
    }

    /// <summary>A service of this node's and of another server, with clients of it.</summary>
    private sealed record Site(Way Way, bool IsV6, byte Protocol, Kind Kind, Step Step)
    {
        internal IpAddress Other => Service().Servers.Single(server => !server.IsLocal).Address.Address;

        internal Frame Client(int number)
        {
            Frame frame = new()
            {
                Protocol = Protocol,
                Source = IsV6 ? $"2001:db8:c::{number + 5}" : $"203.0.113.{number + 5}",
                Target = IsV6 ? TestPlane.Vip6 : TestPlane.Vip,
                PayloadBytes = 251,
            };
            return Kind == Kind.Mark ? TestPlane.By(frame, Mark) : frame;
        }

        internal static byte[] FromPeer(byte[] packet, bool isFromPeer)
        {
            if (isFromPeer)
            {
                s_peer.Mac.WriteBytes(packet.AsSpan(6));
            }

            return packet;
        }

        internal PlannedService Service()
        {
            PlannedService plain = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, isLocal: true), TestPlane.Server(Remote));
            PlannedService shaped = IsV6 ? TestPlane.Six(plain) : plain;
            ushort port = Kind == Kind.Port ? shaped.Key.Address.Port : (ushort)0;
            ServiceKey key = Kind == Kind.Mark
                ? ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IsV6 ? IpFamily.V6 : IpFamily.V4))
                : new ServiceKey((TransportProtocol)Protocol, shaped.Key.Address with { Port = port });
            return shaped with
            {
                Key = key,
                LeaseSlot = Kind == Kind.Mark ? null : TestPlane.Lease,
                Persistence = Kind == Kind.AllPorts || Step == Step.OfABoundClient ? TimeSpan.FromMinutes(5) : null,
                PersistencePrefixLength = shaped.Key.Address.Address.LengthBits,
                LocalAddresses = Way == Way.FullNat ? [new LocalAddress(IpAddress.Parse(IsV6 ? "2001:db8:f::1" : "198.51.100.1"), null)] : [],
                Servers = [.. shaped.Servers.Select(server => Reached(server with { Address = server.Address with { Port = port } }))],
            };
        }

        private PlannedServer Reached(PlannedServer server) => Way switch
        {
            Way.DirectRoute => server,
            Way.Nat or Way.FullNat => server with { Method = ForwardingMethod.Masquerade },
            _ => server with
            {
                Method = ForwardingMethod.Tunnel,
                Tunnel = server.IsLocal ? null : new TunnelEnd(
                    Way switch
                    {
                        Way.Gre => TunnelKind.Gre,
                        Way.Gue => TunnelKind.Gue,
                        _ => TunnelKind.Ipip,
                    },
                    IpAddress.Parse(IsV6 ? "2001:db8:a::200" : "10.0.0.200"),
                    Mtu: 1500,
                    Way == Way.Gue ? (ushort)6080 : (ushort)0),
            },
        };
    }
}
