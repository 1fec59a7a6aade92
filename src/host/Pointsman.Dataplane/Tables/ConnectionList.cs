using System.Collections;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/* A director has millions of connections, and who lists them walks over them once. So what is taken is their entries as they lie in the
   table, sixteen bytes each; each becomes words when it is asked for. The tables are not looked at any more after Read. */

/// <summary>The connections of one moment, as they are listed; then the templates.</summary>
internal sealed class ConnectionList : IReadOnlyList<ConnectionEntry>
{
    private const int TemplateStepSeconds = 60;

    private static readonly IpAddress s_nobody = IpAddress.FromV6Bits(0);

    private readonly uint _now;
    private readonly uint _ticksPerSecond;
    private readonly ConnectionEnds?[] _ends;
    private readonly List<ConnectionEntry> _others = [];
    private PmFlow[] _flows = [];
    private int[] _places = [];
    private Be128[] _clients = [];
    private int _count;

    private ConnectionList(PinnedTables tables, ulong now)
    {
        _now = (uint)now;
        _ticksPerSecond = tables.TicksPerSecond;
        _ends = new ConnectionEnds?[tables.Servers.Count];
    }

    public int Count => _count + _others.Count;

    public ConnectionEntry this[int index] => index < _count ? Entry(index) : _others[index - _count];

    public IEnumerator<ConnectionEntry> GetEnumerator()
    {
        for (int i = 0; i < _count; i++)
        {
            yield return Entry(i);
        }

        foreach (ConnectionEntry other in _others)
        {
            yield return other;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ConnectionList Read(PinnedTables tables)
    {
        ulong now = tables.NowTicks();
        var list = new ConnectionList(tables, now);
        list.TakeEnds(tables);
        list.TakeFlows(tables);
        list.TakeClients(tables);
        list.NameTargets(tables);
        list.TakeTemplates(tables, now);
        return list;
    }

    private void TakeEnds(PinnedTables tables)
    {
        foreach (int slot in tables.UsedSlots())
        {
            PmServer record = tables.Servers[slot];
            TransportEndpoint target = KeyNames.Read(tables, KeyNames.Of(record)).Address;
            TransportEndpoint server = TableReader.RealServer(tables, record);
            _ends[slot] = new ConnectionEnds(
                KeyNames.IsMark(record.Proto) ? TransportProtocol.Tcp : (TransportProtocol)record.Proto,
                target,
                server.Port == 0 ? server with { Port = target.Port } : server) { Mark = target.Mark };
        }
    }

    // Whether an entry is taken is a sum and no branch: in a table that is a quarter full no processor foresees it.
    private void TakeFlows(PinnedTables tables)
    {
        Span<PmFlow> table = tables.Flows.Span;
        int room = Math.Min(table.Length, TableReader.CountConnections(tables) + (table.Length / 64)) + PmLimit.BucketEntries;
        PmFlow[] flows = GC.AllocateUninitializedArray<PmFlow>(room);
        int[] places = GC.AllocateUninitializedArray<int>(room);
        int count = 0;
        for (int i = 0; i < table.Length; i++)
        {
            if (count == flows.Length)
            {
                Array.Resize(ref flows, 2 * count);
                Array.Resize(ref places, 2 * count);
            }

            PmFlow flow = table[i];
            flows[count] = flow;
            places[count] = i;
            count += (flow.Server != 0 & (int)(flow.Expiry - _now) > 0) ? 1 : 0;
        }

        (_flows, _places, _count) = (flows, places, count);
    }

    private void TakeClients(PinnedTables tables)
    {
        for (int i = 0; i < _count; i++)
        {
            if ((_flows[i].Flags & (byte)PmFlowFlag.V6) != 0)
            {
                _clients = _clients.Length == 0 ? new Be128[_count] : _clients;
                _clients[i] = (_flows[i].Flags & (byte)PmFlowFlag.Call) == 0 ? tables.Clients[_places[i]]
                    : new Be128(CallRecords.ClientOf(tables, _flows[i], _places[i]) ?? s_nobody);
            }
        }
    }

    // Where a connection went whose service is a mark, or has all ports, stands in another table; what is of no server any more is nobody's.
    private void NameTargets(PinnedTables tables)
    {
        var origins = new Origins(tables);
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            ConnectionEnds? ends = _ends[_flows[i].Server];
            if (ends is { Virtual.Port: 0 })
            {
                (TransportProtocol protocol, TransportEndpoint target) = origins.Of(
                    tables.Servers[_flows[i].Server], _flows[i], ClientOf(i), _places[i] / PmLimit.BucketEntries);
                TransportEndpoint server = TableReader.RealServer(tables, tables.Servers[_flows[i].Server]);
                _others.Add(Entry(i, new ConnectionEnds(protocol, target, server.Port == 0 ? server with { Port = target.Port } : server) { Mark = ends.Mark }));
            }
            else if (ends is not null)
            {
                if (kept != i)
                {
                    _flows[kept] = _flows[i];
                    if (_clients.Length > 0)
                    {
                        _clients[kept] = _clients[i];
                    }
                }

                kept++;
            }
        }

        _count = kept;
        _places = [];
    }

    private void TakeTemplates(PinnedTables tables, ulong now)
    {
        foreach ((PmTemplateKey key, PmTemplate template) in TableReader.Templates(tables))
        {
            int left = Clock.Until(template.Expiry, now);
            if ((left > 0 || (int)template.Refs > 0) && template.Server < tables.Servers.Count)
            {
                PmServer server = tables.Servers[(int)template.Server];
                (IpAddress Client, string CallId)? call = CallRecords.Find(tables, key);
                if (CallRecords.IsOfCall(key) && call is null)
                {
                    continue;
                }

                _others.Add(new ConnectionEntry(
                    KeyNames.Read(tables, KeyNames.Of(key)).Protocol,
                    new TransportEndpoint(call?.Client ?? key.Client.Address, 0),
                    KeyNames.Read(tables, KeyNames.Of(key)).Address,
                    TableReader.RealServer(tables, server),
                    (template.Flags & (uint)PmTemplateFlag.Assured) != 0 ? "ASSURED" : "NONE",
                    Clock.ToTime(left > 0 ? left : LeftOfStep(-(long)left, tables.TicksPerSecond), tables.TicksPerSecond),
                    isTemplate: true) { CallId = call?.CallId });
            }
        }
    }

    // As IPVS, which keeps a template that still controls connections for another minute, and again.
    private static long LeftOfStep(long past, uint ticksPerSecond)
    {
        long step = TemplateStepSeconds * ticksPerSecond;
        return step - (past % step);
    }

    private ConnectionEntry Entry(int index) => Entry(index, _ends[_flows[index].Server]!);

    private ConnectionEntry Entry(int index, ConnectionEnds ends)
    {
        ref readonly PmFlow flow = ref _flows[index];
        return new ConnectionEntry(
            ends,
            ClientOf(index),
            ConnectionStates.NameOf(ends.Protocol, flow.State),
            Clock.ToTime((int)(flow.Expiry - _now), _ticksPerSecond),
            IsTemplate: false);
    }

    private TransportEndpoint ClientOf(int index)
    {
        ref readonly PmFlow flow = ref _flows[index];
        return new TransportEndpoint(
            (flow.Flags & (byte)PmFlowFlag.V6) == 0 ? flow.Saddr.Address : _clients[index].Address, flow.Sport.Value);
    }
}
