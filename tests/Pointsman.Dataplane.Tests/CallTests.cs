using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Tests;

/// <summary>The persistence engine sip: a client is bound for a call, by its Call-ID, and not for all it does.</summary>
[Collection(PlaneCollection.Name)]
public sealed class CallTests(SharedPlane shared)
{
    private const string ClientA = "203.0.113.5";
    private const string ClientB = "203.0.113.77";
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void CallsOfOneClient_AreScheduledApart_AndStayWhereTheyAre()
    {
        Apply();

        Assert.Equal("3", Send("a@host", 1000));
        Assert.Equal("2", Send("b@host", 1001));
        Assert.Equal("3", Send("a@host", 1002));
        Assert.Equal("2", Send("b@host", 1003));
        Assert.Equal([0, 1, 1], PersistentConnections());
        Assert.Equal([(0, 0), (0, 2), (0, 2)], _plane.Loads());
    }

    [Fact]
    public void TwoClientsOfOneCall_ShareAServer_IfTheirNetworkIsOne()
    {
        Apply(service => service with { PersistencePrefixLength = 0 });

        Assert.Equal("33", Send("a@host", 1000) + Send("a@host", 1000, ClientB));
        Assert.Equal("2", Send("b@host", 1001));
        Assert.Equal([("0.0.0.0:0", "a@host"), ("0.0.0.0:0", "b@host")], Calls());
    }

    // As IPVS, whose templates have the client's network beside the Call-ID.
    [Fact]
    public void TwoClientsOfOneCall_EachByItself_HaveATemplateEach()
    {
        Apply();

        Assert.Equal("32", Send("a@host", 1000) + Send("a@host", 1000, ClientB));
        Assert.Equal([($"{ClientA}:0", "a@host"), ($"{ClientB}:0", "a@host")], Calls());
    }

    [Fact]
    public void KnownConnection_GoesOn_WhateverItSays()
    {
        Apply();

        Assert.Equal("3333", Send("a@host", 1000) + Send("b@host", 1000) + Forward(Datagram(1000)) + Send("a@host", 1000));
        Assert.Equal([0, 0, 1], PersistentConnections());
    }

    [Fact]
    public void OnePacket_EachDatagramGoesWhereItsCallIs()
    {
        Apply(service => service with { Flags = ServiceFlags.Calls | ServiceFlags.OnePacket });

        Assert.Equal("3232", Send("a", 1000) + Send("b", 1000) + Send("a", 1000) + Send("b", 1000));
        Assert.Equal("no-call-id", _plane.Send(Datagram(1000)).Verdict);
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
        Assert.Equal([0, 1, 1], PersistentConnections());
        AssertNobodyHolds();
    }

    public static TheoryData<string, string?> Messages => new()
    {
        { "Call-ID: a@b\r\n", "a@b" },
        { "call-id: a@b\r\n", "a@b" },
        { "CALL-ID:a@b\r\n", "a@b" },
        { "i: a@b\r\n", "a@b" },
        { "I : a@b\r\n", "a@b" },
        { "i\t:\t a@b\r\n", "a@b" },
        { "Call-ID  :   a@b\n", "a@b" },
        { "Call-ID: a@b\r", "a@b" },
        { "Via: x\rCall-ID: a@b\r", "a@b" },
        { "Call-ID:\r\n a@b\r\n", "a@b" },
        { "Call-ID:\n\t  a@b\r\n", "a@b" },
        { "Call-ID \r\n : a@b\r\n", "a@b" },
        { "Call-ID:\r\n \r\n a@b\r\n", null },
        { "Call-ID:\r\na@b\r\n", null },
        { "Call-ID: word\r\n", "word" },
        { "Call-ID: -.!%*_+`'~()<>:\\\"/[]?{}@{}\r\n", "-.!%*_+`'~()<>:\\\"/[]?{}@{}" },
        { "Call-ID: a@b \r\n", null },
        { "Call-ID: a@b;c\r\n", null },
        { "Call-ID: a@b@c\r\n", null },
        { "Call-ID: a@\r\ni: c@d\r\n", "c@d" },
        { "Call-ID: @b\r\ni: c@d\r\n", "c@d" },
        { "Call-ID:\r\n \r\ni: c@d\r\n", "c@d" },
        { "Call-ID: a@b", null },
        { "Call-ID", null },
        { "Call-ID:", null },
        { "Call-IDs: a@b\r\n", null },
        { "Call-I: a@b\r\ni: c@d\r\n", "c@d" },
        { "Call-Call-ID: a@b\r\n", null },
        { " Call-ID: a@b\r\n", null },
        { "X: y\r\n Call-ID: a@b\r\n", null },
        { "ix: a@b\r\n", null },
        { "id: a@b\r\n", null },
        { "i=1\r\nCall-ID: a@b\r\n", null },
        { "To: <sip:x>\r\nCall-ID: a@b\r\nCall-ID: c@d\r\n", "a@b" },
        { "\r\nCall-ID: a@b\r\n", "a@b" },
        { "\nCall-ID: a@b\r\n", null },
        { "\n\nCall-ID: a@b\r\n", "a@b" },
        { "", null },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_CallIdIsFound_AsLinuxFindsIt(string headers, string? callId)
    {
        byte[] message = Encoding.Latin1.GetBytes($"INVITE sip:x SIP/2.0\r\n{headers}");
        Apply();

        Assert.Equal(callId, CallId.Of(message));
        Outcome outcome = _plane.Send(Datagram(1000).Saying(message));

        Assert.Equal(callId is null ? "no-call-id" : "forwarded", outcome.Verdict);
        Assert.Equal(callId is null ? [] : [($"{ClientA}:0", callId)], Calls());
    }

    // The search goes in steps of 64 bytes: what it has read so far is not lost, wherever it is.
    [Fact]
    public void Header_WhereverItLies_IsFound()
    {
        Apply();
        byte[] tail = "\r\nCall-ID: a-word@another\r\n"u8.ToArray();
        for (int before = 0; before < 140; before++)
        {
            Assert.Equal("forwarded", _plane.Send(Datagram((ushort)(1000 + before)).Saying([.. Text(before), .. tail])).Verdict);
        }

        Assert.Equal([($"{ClientA}:0", "a-word@another")], Calls());
        const int NearlyAPage = 3200;
        Assert.Equal("forwarded", _plane.Send(Datagram(2000).Saying([.. Text(NearlyAPage), .. tail])).Verdict);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [InlineData(500, false)]
    public void CallId_OfSoManyBytes(int bytes, bool counts)
    {
        Apply();
        string id = new string('x', bytes - 2) + "@y";

        Assert.Equal(counts ? "forwarded" : "no-call-id", _plane.Send(Datagram(1000).Saying(Message(id))).Verdict);
        Assert.Equal(counts ? [($"{ClientA}:0", id)] : [], Calls());
    }

    [Fact]
    public void WhatEthernetPadsAPacketWith_IsNotReadOfIt()
    {
        Apply();
        byte[] frame = (Datagram(1000).Saying("x\r\n"u8.ToArray()) with { PaddingBytes = 20 }).Build();
        "Call-ID: a@b\r\n"u8.CopyTo(frame.AsSpan(^20));

        Assert.Equal("no-call-id", _plane.Send(frame).Verdict);
    }

    [Fact]
    public void OtherProtocols_BeginNothing()
    {
        _plane.Apply(Service() with { Key = TestPlane.Key });

        Assert.Equal("no-call-id", _plane.Send(new Frame()).Verdict);
        Assert.Equal("no-connection", _plane.Send(new Frame { Flags = TcpFlags.Ack }).Verdict);
    }

    [Fact]
    public void WithoutPersistence_TheEngineIsNotAsked()
    {
        Apply(service => service with { Persistence = null });

        Assert.Equal("32", Send("a@host", 1000) + Send("a@host", 1001));
        Assert.Equal("1", Forward(Datagram(1002)));
        Assert.Empty(Calls());
    }

    [Fact]
    public void Marked_CallsAreKnownByTheMark()
    {
        const uint Mark = 7;
        PlannedService service = Service() with { Key = ServiceKey.Of(TransportProtocol.Udp, TransportEndpoint.OfMark(Mark, IpFamily.V4)) };
        _plane.Apply(service with { Servers = [.. service.Servers.Select(server => server with { Address = server.Address with { Port = 0 } })] });

        string SendMarked(string call, ushort port, string target) =>
            _plane.SendMarked(Datagram(port).Saying(Message(call)) with { Target = target }, Mark).Bytes[5].ToString(CultureInfo.InvariantCulture);
        Assert.Equal("323", SendMarked("a@host", 1000, "198.51.100.1") + SendMarked("b@host", 1000, "198.51.100.2") + SendMarked("a@host", 1000, "198.51.100.3"));
        Assert.Equal("no-call-id", _plane.SendMarked(Datagram(1001), Mark).Verdict);
        Assert.Equal("no-call-id", _plane.SendMarked(new Frame(), Mark).Verdict);
        Assert.Equal([($"{ClientA}:0", "a@host"), ($"{ClientA}:0", "b@host")], Calls());
        AssertHeld(("a@host", 2), ("b@host", 1));

        // One port of the client has two connections with a server: where one of them went is not known any more, but that it is of UDP.
        Assert.All(_plane.Plane.ReadConnections().Where(entry => !entry.IsTemplate), entry => Assert.Equal((TransportProtocol.Udp, "UDP"), (entry.Protocol, entry.State)));
    }

    [Fact]
    public void Ipv6_ClientIsListed_AndItsCallIsLetGoOf()
    {
        _plane.Apply(TestPlane.Six(Service()) with { PersistencePrefixLength = 64 });
        Frame frame = Datagram(1000) with { Source = "2001:db8:c::5", Target = TestPlane.Vip6 };

        string SendSix(string source, string call, ushort port, bool isExtended = false) => Forward(
            frame.Saying(Message(call)) with { Source = source, SourcePort = port, Extensions = isExtended ? [(0, new byte[7])] : [] });
        Assert.Equal("323", SendSix("2001:db8:c::5", "a@host", 1000) + SendSix("2001:db8:c::5", "b@host", 1001) + SendSix("2001:db8:c::6", "a@host", 1002, isExtended: true));

        Assert.Equal([("[2001:db8:c::]:0", "a@host"), ("[2001:db8:c::]:0", "b@host")], Calls());
        Assert.Equal(
            ["[2001:db8:c::5]:1000", "[2001:db8:c::5]:1001", "[2001:db8:c::6]:1002"],
            _plane.Plane.ReadConnections().Where(entry => !entry.IsTemplate).Select(entry => entry.Client.ToString()).Order());
        AssertHeld(("a@host", 2), ("b@host", 1));
        AssertAllIsLetGoOf();
    }

    [Fact]
    public void Fragmented_FirstPieceHasTheCall()
    {
        Apply();
        Frame first = Datagram(1000).Saying([.. Message("a@host"), .. new byte[7]]) with { Fragment = 0x2000 };

        Assert.Equal("3", Forward(first));
        Assert.Equal([($"{ClientA}:0", "a@host")], Calls());
    }

    [Fact]
    public void AnsweredByNat_TemplateOfTheCallIsAssured_NoOther()
    {
        _plane.Apply(Service(NatServer(1)));
        Send("a@host", 1000);
        Send("b@host", 1001);
        Assert.Equal(["NONE", "NONE"], States());

        _plane.Send(new Frame
        {
            Protocol = Frame.Udp, SourceMac = TestPlane.MacOf(1), Source = "10.0.0.1", SourcePort = 5060, Target = ClientA, TargetPort = 1001, PayloadBytes = 9,
        });

        Assert.Equal(["NONE", "ASSURED"], States());
        AssertHeld(("a@host", 1), ("b@host", 1));
    }

    [Fact]
    public void TimeIsUp_WhileAConnectionLives_TheCallStays_ThenNothingIsLeft()
    {
        Apply();
        Assert.Equal("33", Send("a@host", 1000) + Send("a@host", 1001));
        Assert.Equal("2", Send("b@host", 1002));
        AssertHeld(("a@host", 2), ("b@host", 1));
        _plane.WithTables(tables => Expire(tables, 1000, 1002));
        _plane.WithTables(ExpireTemplates);

        Assert.Equal(2, _plane.Sweep());
        AssertHeld(("a@host", 1));
        Assert.Equal("3", Send("a@host", 1003));
        AssertAllIsLetGoOf();
    }

    [Fact]
    public void ServerDown_TheCallIsBoundToAnother_AndStaysThere()
    {
        Apply();
        Assert.Equal("3", Send("a@host", 1000));
        _plane.Apply(Service(Server(1), Server(2), Server(3) with { IsUp = false }));

        Assert.Equal("222", Send("a@host", 1000) + Send("a@host", 1000) + Send("a@host", 1001));
        AssertHeld(("a@host", 2));
        AssertAllIsLetGoOf();
    }

    [Fact]
    public void EngineComesAndGoes_WhatWasBoundIsLetGoOf()
    {
        Apply(service => service with { Flags = ServiceFlags.None });
        Send("a@host", 1000);
        Apply();
        Send("a@host", 1001);
        Apply(service => service with { Flags = ServiceFlags.None });
        Send("a@host", 1002);

        Assert.Equal(3, _plane.Plane.ReadSnapshot().Connections);
        AssertAllIsLetGoOf();
    }

    [Fact]
    public void Settings_AreReadBack()
    {
        Apply(service => service with { Flags = ServiceFlags.Calls | ServiceFlags.OnePacket });
        Assert.Equal(ServiceFlags.Calls | ServiceFlags.OnePacket, _plane.Read().Flags);
    }

    [Fact]
    public void Restarted_CallsAreStillKnown()
    {
        Apply();
        Assert.Equal("3", Send("a@host", 1000));
        _plane.Restart();
        Apply();

        Assert.Equal("3", Send("a@host", 1001));
        Assert.Equal([($"{ClientA}:0", "a@host")], Calls());
    }

    // Sweeps of packets, where there is no daemon, let go of calls too.
    [Fact]
    public void WithoutADaemon_WhatIsOverIsLetGoOf()
    {
        Apply();
        Send("a@host", 1000);
        Send("b@host", 1001);
        _plane.WithTables(tables => Expire(tables, 1000));
        _plane.StopSweeping(TimeSpan.FromHours(1));
        for (ushort port = 2000; port < 2008; port++)
        {
            Send("b@host", port);
        }

        AssertHeld(("a@host", 0), ("b@host", 9));
        _plane.KeepSwept();
    }

    /// <summary>Connections that give way to others in a full table let go of their calls, too.</summary>
    [Fact]
    public void SmallTable_EachTemplateIsHeldByTheConnectionsThatAreThere()
    {
        using var small = new TestPlane(connectionCapacity: 64);
        small.Apply(Service());
        for (ushort port = 1000; port < 2000; port++)
        {
            small.Run(Datagram(port).Saying(Message($"{port % 16}@host")).Build(), new byte[2000]);
        }

        small.WithTables(tables =>
        {
            var held = new Dictionary<Be128, uint>();
            for (int i = 0; i < tables.Flows.Count; i++)
            {
                if (tables.Flows[i].Server != 0)
                {
                    Assert.Equal((byte)(PmFlowFlag.Template | PmFlowFlag.Call), tables.Flows[i].Flags);
                    held[tables.Clients[i]] = held.GetValueOrDefault(tables.Clients[i]) + 1;
                }
            }

            Assert.InRange(held.Values.Sum(count => count), 33, 64);
            Assert.Equal(16, TableReader.Templates(tables).Count);
            Assert.All(TableReader.Templates(tables), pair => Assert.Equal(held.GetValueOrDefault(pair.Key.Client), pair.Template.Refs));
        });
    }

    [Fact]
    public void Upgrade_CallsGoAlong_WithWhoseTheyAre_AndAreLetGoOf()
    {
        using var plane = new TestPlane();
        plane.Apply(TestPlane.Six(Service()));
        Frame frame = Datagram(1000) with { Source = "2001:db8:c::5", Target = TestPlane.Vip6 };
        byte server = plane.Send(frame.Saying(Message("a@host"))).Bytes[5];
        PinPaths ours = new(plane.Pins);
        FormerTables.TryOpen(ours)!.CopyTo(OtherLayout.Load(ours));
        Directory.Delete(ours.Version, recursive: true);
        plane.Restart();
        plane.KeepSwept();

        Assert.Equal(server, plane.Send(frame.Saying(Message("a@host")) with { SourcePort = 1001 }).Bytes[5]);
        Assert.Equal(
            ["[2001:db8:c::5]:0 a@host", "[2001:db8:c::5]:1000 ", "[2001:db8:c::5]:1001 "],
            plane.Plane.ReadConnections().Select(entry => $"{entry.Client} {entry.CallId}").Order(StringComparer.Ordinal));
        plane.ExpireAll();
        plane.Sweep();
        plane.WithTables(tables => Assert.Empty(TableReader.Templates(tables)));
    }

    /// <summary>Whatever is sent: where it goes, what is bound and by how many is as the model has it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomMessages_AreTakenAsByTheModel(int seed)
    {
        var random = new Random(seed);
        Apply();
        var model = new ServiceModel(
            SchedulerKind.Rr, new PersistenceRule(TimeSpan.FromSeconds(60), 32), ConnectionTimeouts.Default, ServiceFlags.Calls);
        for (int server = 1; server <= 3; server++)
        {
            model.AddServer(server, 1);
        }

        for (int i = 0; i < 700; i++)
        {
            byte[] message = RandomMessage(random);
            ushort port = (ushort)random.Next(1000, 1400);
            ConnectionOutcome expected = model.OnDatagram(default, new FlowKey(IpAddress.Parse(ClientA), port), message);
            Outcome outcome = _plane.Send(Datagram(port).Saying(message));
            string found = outcome.Verdict == "forwarded" ? $"to {outcome.Bytes[5]}" : outcome.Verdict;
            Assert.True(
                found == (expected is ConnectionOutcome.Forwarded to ? $"to {to.Server}" : "no-call-id"),
                $"{i}: {found}, {expected}: {Convert.ToHexString(message)} {Encoding.Latin1.GetString(message)}");
        }

        Assert.Equal(
            model.BindingsAt(default).Select(binding => $"{binding.Call} {binding.Server}").Order(StringComparer.Ordinal),
            _plane.Plane.ReadConnections().Where(entry => entry.IsTemplate)
                .Select(entry => $"{entry.CallId} {entry.Server.Address.V4Bits & 255}").Order(StringComparer.Ordinal));
        Assert.True(model.BindingsAt(default).Count() > 20);
        Assert.Equal(model.ConnectionCount, _plane.Plane.ReadSnapshot().Connections);
        _plane.WithTables(tables => Assert.Equal(model.ConnectionCount, TableReader.Templates(tables).Sum(pair => (int)pair.Template.Refs)));
        AssertAllIsLetGoOf();
    }

    // Pieces of which messages are made, right and wrong, in any order.
    private static byte[] RandomMessage(Random random)
    {
        string[] pieces =
        [
            "Call-ID", "call-id", "CALL-Id", "Call-I", "i", "I", "ii", ":", ":", ":", " ", "\t", "\r\n", "\r\n", "\r", "\n", "\r\n ", "a@b", "a", "@", "word",
            "x@y.example", ";", "INVITE", "é", "×", "\0", "To: b\r\n", "\r\nCall-ID: ", "\r\ni:",
        ];
        var text = new StringBuilder(random.Next(2) == 0 ? "OPTIONS sip:a SIP/2.0" : "");
        for (int i = random.Next(14); i > 0; i--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        text.Append(random.Next(3) switch { 0 => $"\r\nCall-ID: {random.Next(40)}@c\r\n", 1 => "\r\n", _ => "" });
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static byte[] Text(int bytes) => [.. Enumerable.Repeat((byte)'x', bytes)];

    private static byte[] Message(string call) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:a@example.net SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK776\r\nMax-Forwards: 70\r\nCall-ID: {call}\r\nCSeq: 1 OPTIONS\r\n\r\n");

    private static Frame Datagram(ushort port) => new()
    {
        Protocol = Frame.Udp,
        SourcePort = port,
        TargetPort = 5060,
        PayloadBytes = 5,
        PaddingBytes = 13,
    };

    private static PlannedServer Server(byte number) => TestPlane.Server(number) with
    {
        Address = new TransportEndpoint(IpAddress.Parse($"10.0.0.{number}"), 5060),
    };

    private static PlannedServer NatServer(byte number) => NatTests.Server(number) with
    {
        Address = new TransportEndpoint(IpAddress.Parse($"10.0.0.{number}"), 5060),
    };

    private static PlannedService Service(params ImmutableArray<PlannedServer> servers) =>
        TestPlane.Service(SchedulerKind.Rr, servers.IsEmpty ? [Server(1), Server(2), Server(3)] : servers) with
        {
            Key = new ServiceKey(TransportProtocol.Udp, new TransportEndpoint(IpAddress.Parse(TestPlane.Vip), 5060)),
            Persistence = TimeSpan.FromSeconds(60),
            Flags = ServiceFlags.Calls,
        };

    private static void ExpireTemplates(PinnedTables tables)
    {
        foreach ((PmTemplateKey key, PmTemplate template) in TableReader.Templates(tables))
        {
            tables.Templates.Update(key, template with { Expiry = (uint)tables.NowTicks() - 1 });
        }
    }

    private static void Expire(PinnedTables tables, params ushort[] ports)
    {
        foreach (ref PmFlow flow in tables.Flows.Span)
        {
            flow.Expiry = ports.Contains(flow.Sport.Value) ? (uint)tables.NowTicks() - 1 : flow.Expiry;
        }
    }

    private void Apply(Func<PlannedService, PlannedService>? change = null) => _plane.Apply(change is null ? Service() : change(Service()));

    private string Send(string call, ushort port, string source = ClientA) => Forward(Datagram(port).Saying(Message(call)) with { Source = source });

    private string Forward(Frame frame)
    {
        Outcome outcome = _plane.Send(frame);
        Assert.Equal("forwarded", outcome.Verdict);
        return outcome.Bytes[5].ToString(CultureInfo.InvariantCulture);
    }

    private IEnumerable<int> PersistentConnections() => _plane.Read().Servers.Select(server => server.PersistentConnections);

    private IEnumerable<(string Client, string CallId)> Calls() => _plane.Plane.ReadConnections().Where(entry => entry.IsTemplate)
        .Select(entry => (entry.Client.ToString(), entry.CallId!)).Order();

    private IEnumerable<string> States() => _plane.Plane.ReadConnections().Where(entry => entry.IsTemplate)
        .OrderBy(entry => entry.CallId, StringComparer.Ordinal).Select(entry => entry.State);

    // So many connections hold each call's template, exactly.
    private void AssertHeld(params (string CallId, int Connections)[] held) => _plane.WithTables(tables => Assert.Equal(
        held.Order(),
        TableReader.Templates(tables).Select(pair => (CallRecords.Find(tables, pair.Key)!.Value.CallId, (int)pair.Template.Refs)).Order()));

    private void AssertNobodyHolds() => _plane.WithTables(tables =>
        Assert.All(TableReader.Templates(tables), pair => Assert.Equal(0u, pair.Template.Refs)));

    // When the last connection is over: neither a reference is left, nor a template, nor what it was of.
    private void AssertAllIsLetGoOf()
    {
        _plane.WithTables(tables =>
        {
            uint past = (uint)tables.NowTicks() - 1;
            foreach (ref PmFlow flow in tables.Flows.Span)
            {
                flow.Expiry = past;
            }
        });
        _plane.Sweep();
        AssertNobodyHolds();
        _plane.WithTables(ExpireTemplates);
        _plane.Sweep();
        _plane.WithTables(tables =>
        {
            Assert.Empty(TableReader.Templates(tables));
            Assert.Empty(tables.Calls.Keys<PmTemplateKey>());
        });
    }
}
