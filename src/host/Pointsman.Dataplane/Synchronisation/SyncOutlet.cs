using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Synchronisation;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Synchronisation;

/* The table of connections is memory of this process, too; so what is new is found by looking at all of it, twice a second, and
   the packets' way knows nothing of it. An entry that is as the group knows it costs the comparison of two lines.

   Told of is what has changed, what the others would soon forget, and beside that, a piece in each scan, everything: in a minute
   all has been told again, whether a message was lost or a node came that knew nothing. A node that says it has come is told all
   at once, at a bounded pace. What is told is how long the entry still stands, so that nothing lives longer for being told. */

/// <summary>Finds the connections and templates that the others have to be told of.</summary>
/// <param name="tell">Takes each.</param>
internal sealed class SyncOutlet(PinnedTables tables, SyncMemory memory, SyncOwnership ownership, Action<SyncEntry> tell)
{
    internal const int ScanIntervalMs = 500;
    private const int RoundMs = 60_000;
    private const int ScansEachRound = RoundMs / ScanIntervalMs;

    /// <summary>What a full round tells in one step of ten milliseconds: a million connections in ten seconds.</summary>
    private const int EntriesEachStep = 1_000;

    private const int OriginsEachMs = 1_000;

    /// <summary>As IPVS does with a template that still controls connections.</summary>
    private const int TemplateExtraSeconds = 60;

    private readonly TemplatePieces _templates = new(tables);
    private readonly int _count = tables.Flows.Count;
    private Origins? _origins;
    private long _originsAtMs;
    private int _next;
    private int _fullAt = -1;
    private bool _tellsAllTemplates;

    /// <summary>Connections that a message cannot describe.</summary>
    internal long Unsendable { get; private set; }

    internal bool IsTellingAll => _fullAt >= 0;

    /// <summary>
    /// What is more is told in steps: some 1,500 messages, which those who hear have room for at once, and no faster than a full round.
    /// </summary>
    internal int EntriesEachScan { get; init; } = EntriesEachStep * ScanIntervalMs / 10;

    internal int TemplatePiecesEachScan { get; init; } = 16;

    /// <summary>All there is is told of, in the next <see cref="Step"/>s.</summary>
    internal void BeginAll()
    {
        _fullAt = 0;
        _tellsAllTemplates = true;

        // Also those that a look at the templates which is under way has passed.
        _templates.BeginAgain();
    }

    /// <summary>To be called each <see cref="ScanIntervalMs"/>.</summary>
    /// <param name="isLast">No step comes any more: all that is due is told, however much it is.</param>
    internal void Scan(bool isLast = false)
    {
        ulong now = tables.NowTicks();
        ownership.Look(now);
        int end = Math.Min(_next + (_count / ScansEachRound) + 1, _count);
        ReadOnlySpan<PmFlow> flows = tables.Flows.Span;
        ReadOnlySpan<PmFlow> known = memory.Flows;
        int told = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            ref readonly PmFlow flow = ref flows[i];
            if (flow.Server == 0)
            {
                continue;
            }

            int left = Clock.Until(flow.Expiry, now);
            bool isDue = left > 0
                && (!SyncMemory.IsSame(flow, known[i])
                    || (i >= _next && i < end)
                    || SyncRules.IsRefreshDue(Clock.Until(known[i].Expiry, now), left));

            // What the group has never heard of is left to a round that has yet to come by: after a restart that is everything.
            bool isLeft = !isLast && IsTellingAll && i >= _fullAt && known[i].Server == 0;
            if (isDue && !isLeft && Tell(i, now) && ++told == EntriesEachScan && !isLast)
            {
                _fullAt = IsTellingAll ? _fullAt : i + 1;
                end = _next;
                break;
            }
        }

        _next = end == _count ? 0 : end;
        ScanTemplates(now);
    }

    /// <summary>A piece of the full round that has begun.</summary>
    internal void Step()
    {
        ulong now = tables.NowTicks();
        ownership.Look(now);
        int told = 0;
        while (_fullAt < _count && told < EntriesEachStep)
        {
            if (tables.Flows[_fullAt].Server != 0 && Tell(_fullAt, now))
            {
                told++;
            }

            _fullAt++;
        }

        if (_fullAt == _count)
        {
            _fullAt = -1;
        }
    }

    private bool Tell(int place, ulong now)
    {
        PmFlow flow = tables.Flows[place];
        IpAddress? known = (flow.Flags & (byte)PmFlowFlag.V6) == 0 ? flow.Saddr.Address
            : (flow.Flags & (byte)PmFlowFlag.Call) == 0 ? tables.Clients[place].Address
            : CallRecords.ClientOf(tables, flow, place);

        // Another connection may have taken the place while it was read; the next scan sees that one whole.
        PmFlow after = tables.Flows[place];
        int left = Clock.Until(flow.Expiry, now);
        if (known is not { } client || !SyncMemory.IsSameConnection(flow, after) || flow.Server != after.Server || flow.Server == 0 || left <= 0 || !SyncRules.IsTold(flow.State))
        {
            return false;
        }

        PmServer server = tables.Servers[flow.Server];
        if (server.Proto == 0 || !ownership.IsTold(server) || Target(server, flow, client, place) is not (var protocol, var target))
        {
            return false;
        }

        TransportEndpoint real = TableReader.RealServer(tables, server);
        memory.Flows[place] = flow;
        if (real.Address.Family != client.Family || SyncOwnership.IsByFullNat(server))
        {
            Unsendable++;
            return false;
        }

        tell(new SyncEntry
        {
            Protocol = (byte)protocol,
            Flags = FlagsOf(server) | (ConnectionStates.IsActive(flow.State) ? SyncFlags.None : SyncFlags.Inactive),
            State = SyncRules.NumberOf(flow.State),
            Client = client,
            ClientPort = flow.Sport.Value,
            Virtual = target.Address,
            VirtualPort = target.Port,
            Server = real.Address,
            ServerPort = real.Port == 0 ? target.Port : real.Port,
            Mark = MarkOf(server),
            TimeoutSeconds = Seconds(left),
        });
        return true;
    }

    /// <summary>What the client asked for; null: of a service that names no port, and not known yet.</summary>
    private (TransportProtocol Protocol, TransportEndpoint Target)? Target(in PmServer server, in PmFlow flow, IpAddress client, int place)
    {
        if (server.Vport.Value != 0)
        {
            return ((TransportProtocol)server.Proto, KeyNames.Read(tables, KeyNames.Of(server)).Address);
        }

        // They are read all at once, which takes a while.
        if (_origins is null || Environment.TickCount64 - _originsAtMs >= OriginsEachMs)
        {
            _origins = new Origins(tables);
            _originsAtMs = Environment.TickCount64;
        }

        (TransportProtocol protocol, TransportEndpoint target) = _origins.Of(
            server, flow, new TransportEndpoint(client, flow.Sport.Value), place / PmLimit.BucketEntries);
        return target.Mark == 0 && target.Port != 0 ? (protocol, target) : null;
    }

    private void ScanTemplates(ulong now)
    {
        for (int piece = 0; piece < TemplatePiecesEachScan; piece++)
        {
            int count = _templates.Read();
            for (int i = 0; i < count; i++)
            {
                (PmTemplateKey key, PmTemplate template) = _templates[i];
                Look(key, template, now);
            }

            if (_templates.IsAtEnd)
            {
                memory.Forget(now);
                _tellsAllTemplates = false;
                return;
            }
        }
    }

    private void Look(in PmTemplateKey key, in PmTemplate template, ulong now)
    {
        int left = Clock.Until(template.Expiry, now);
        if ((int)template.Refs > 0)
        {
            left = Math.Max(left, TemplateExtraSeconds * (int)tables.TicksPerSecond);
        }

        // What a call's is known by is this node's own.
        if (CallRecords.IsOfCall(key) || left <= 0 || template.Server == 0 || template.Server >= tables.Servers.Count)
        {
            return;
        }

        bool isAssured = (template.Flags & (uint)PmTemplateFlag.Assured) != 0;
        SyncMemory.KnownTemplate? known = memory.Find(key);
        bool isDue = known is not { } before || before.Server != template.Server || before.IsAssured != isAssured || _tellsAllTemplates
            || Environment.TickCount64 - before.ToldAtMs >= RoundMs || SyncRules.IsRefreshDue(Clock.Until(before.Expiry, now), left);
        PmServer server = tables.Servers[(int)template.Server];
        if (!isDue || server.Proto == 0 || !ownership.IsTold(server))
        {
            return;
        }

        uint until = unchecked((uint)now + (uint)left);
        memory.Note(key, new SyncMemory.KnownTemplate(template.Server, until, isAssured, Environment.TickCount64));
        Tell(key, server, isAssured, left);
    }

    private void Tell(in PmTemplateKey key, in PmServer server, bool isAssured, int left)
    {
        IpAddress client = key.Client.Address;
        TransportEndpoint real = TableReader.RealServer(tables, server);
        uint mark = MarkOf(server);
        TransportEndpoint target = mark == 0 ? KeyNames.Read(tables, KeyNames.Of(key)).Address : default;
        if (real.Address.Family != client.Family)
        {
            Unsendable++;
            return;
        }

        tell(new SyncEntry
        {
            Protocol = mark == 0 ? key.Proto : (byte)0,
            Flags = FlagsOf(server) | SyncFlags.Template | SyncFlags.Inactive,
            State = isAssured ? SyncRules.AssuredState : (ushort)0,
            Client = client,
            Virtual = mark == 0 ? target.Address : client.IsV4 ? IpAddress.FromV4Bits(mark) : IpAddress.FromV6Bits(mark),
            VirtualPort = target.Port,
            Server = real.Address,
            ServerPort = real.Port,
            Mark = mark,
            TimeoutSeconds = Seconds(left),
        });
    }

    private static SyncFlags FlagsOf(in PmServer server) => (SyncFlags)server.Method
        | ((ForwardingMethod)server.Method == ForwardingMethod.Masquerade ? SyncFlags.None : SyncFlags.NoOutput);

    private static uint MarkOf(in PmServer server) => KeyNames.IsMark(server.Proto) ? server.Vip.Value : 0;

    // Never more than is left, but for what is less than a second: nothing may live longer for being told round.
    private uint Seconds(int ticks) => Math.Max((uint)ticks / tables.TicksPerSecond, 1);
}
