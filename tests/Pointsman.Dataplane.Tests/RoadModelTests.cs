using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Random lives of checks on the client's road among clients' own packets: each answer is that of the server whose check has its
/// port, and no check is ever counted as a connection.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class RoadModelTests(SharedPlane shared)
{
    private const int ServerCount = 3;
    private const int PortCount = 6;
    private const int FirstPort = 42000;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(1, 6, false)]
    [InlineData(2, 17, false)]
    [InlineData(3, 6, true)]
    [InlineData(4, 17, true)]
    public void RandomChecksAndClients_EachAnswerIsThatOfItsServer(int seed, byte protocol, bool isV6)
    {
        var random = new Prng((ulong)seed);
        string own = isV6 ? "2001:db8:a::252" : "10.0.0.252";
        string vip = isV6 ? TestPlane.Vip6 : TestPlane.Vip;
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(ServerCount)]);
        service = isV6 ? TestPlane.Six(service) : service;
        _plane.Apply(service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } });
        uint[] marks = [.. Enumerable.Range(1, ServerCount).Select(number => MarkOf(number))];
        var asked = new Dictionary<int, (int Server, byte[] Sent)>();
        var clients = new HashSet<int>();
        for (int step = 0; step < 400; step++)
        {
            int port = FirstPort + random.NextInt(PortCount);
            switch (random.NextInt(4))
            {
                case 0:
                    int server = 1 + random.NextInt(ServerCount);
                    Frame check = Packet(own, Real(server, isV6), port, 80);
                    byte[] sent = _plane.SendOut(check.Build(), marks[server - 1]);
                    Assert.Equal((check with { Target = vip, Ttl = 255 }).Build(), sent);
                    asked[port] = (server, sent);
                    break;
                case 1:
                    Frame answer = Packet(vip, own, 80, port) with { Flags = TcpFlags.Syn | TcpFlags.Ack };
                    Outcome came = _plane.Send(answer);
                    Assert.Equal((step, asked.ContainsKey(port) ? "road-answer" : "not-vip"), (step, came.Verdict));
                    Assert.Equal(asked.TryGetValue(port, out var known) ? (answer with { Source = Real(known.Server, isV6) }).Build() : answer.Build(), came.Bytes);
                    break;
                case 2 when asked.TryGetValue(port, out var at):
                    Assert.Equal((step, "road-returned"), (step, _plane.Send(at.Sent).Verdict));
                    break;
                default:
                    Frame client = Packet(isV6 ? "2001:db8:c::5" : "203.0.113.5", vip, port, 80);
                    Assert.Equal((step, "forwarded"), (step, _plane.Send(client).Verdict));
                    clients.Add(port);
                    break;
            }

            Assert.Equal((step, clients.Count), (step, _plane.Plane.ReadSnapshot().Connections));
        }

        Frame Packet(string source, string target, int sourcePort, int targetPort) => new()
        {
            Protocol = protocol,
            Source = source,
            SourcePort = (ushort)sourcePort,
            Target = target,
            TargetPort = (ushort)targetPort,
            PaddingBytes = 0,
            PayloadBytes = 11,
        };

        uint MarkOf(int number)
        {
            uint slot = 0;
            _plane.WithTables(tables => slot = (uint)tables.UsedSlots().Single(used => tables.Servers[used].Flags != 0
                && (isV6 ? tables.Addresses[(int)tables.Servers[used].Rip.Value].Address : tables.Servers[used].Rip.Address)
                    == IpAddress.Parse(Real(number, isV6))));
            return 0x504d0000 | slot;
        }
    }

    private static string Real(int number, bool isV6) => isV6 ? $"2001:db8:a::{number}" : $"10.0.0.{number}";
}
