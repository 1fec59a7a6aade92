using System.Runtime.InteropServices;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Synchronisation;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Synchronisation;

/* What another director tells of is put into the table by a BPF program, because only such a one can take the table's locks and
   keep its counts. Whether it is wanted is decided here, by a look at the entry as it is.

   Who owns a service sees its packets, and so knows better than anybody who tells of them: of its own connections it takes only
   such as it does not know. Who does not own it takes all it hears; its packets are not balanced here, entry or not, while the lease
   is another's. A service that no VRRP instance moves has several owners; of its connections the state that was seen here and not told
   yet stands, and no time is shortened. */

/// <summary>Takes the connections and templates that another director tells of.</summary>
internal sealed class SyncInlet(PinnedTables tables, SyncMemory memory, SyncOwnership ownership)
{
    /// <summary>PM_ARRIVALS_AT of bpf/arrival.h.</summary>
    private const int ArrivalsAt = 16;

    private const int ArrivalBytes = 64;

    /// <summary>IPVS_SYNC_CONN_TIMEOUT: of a template without a time.</summary>
    private const int TemplateSeconds = 180;

    /// <summary>A month: nobody can set a longer one.</summary>
    private const uint SecondsMost = 31 * 24 * 3600;

    /// <summary>How often what is over is let go of.</summary>
    private const int ForgetIntervalMs = 60_000;

    /// <summary>What an entry's time may be off, as it is, without being written anew.</summary>
    private const int SlackSeconds = 2;

    private const int WordCount = 5;

    private readonly SyncPlaces _places = new(tables);
    private readonly byte[] _frame = new byte[ArrivalsAt + (PmLimit.Arrivals * ArrivalBytes)];
    private readonly List<(PmFlow Flow, int Bucket)> _waiting = [];
    private readonly long[] _refused = new long[Enum.GetValues<SyncRefusal>().Length];
    private readonly int _buckets = tables.Flows.Count / PmLimit.BucketEntries;
    private long _forgetAtMs;
    private int _count;

    internal long Entries { get; private set; }

    internal long Taken { get; private set; }

    internal long Updated { get; private set; }

    internal long Unchanged { get; private set; }

    internal long Refused(SyncRefusal why) => _refused[(int)why];

    /// <summary>Takes what a message has.</summary>
    internal void Take(IReadOnlyList<SyncEntry> entries, int skipped)
    {
        Entries += entries.Count + skipped;
        _refused[(int)SyncRefusal.UnknownOption] += skipped;
        _places.Refresh();
        ulong now = tables.NowTicks();
        if (Environment.TickCount64 >= _forgetAtMs)
        {
            _forgetAtMs = Environment.TickCount64 + ForgetIntervalMs;
            memory.Forget(now);
        }

        ownership.Look(now);
        for (int i = 0; i < entries.Count; i++)
        {
            if (Place(entries[i], now) is { } why)
            {
                _refused[(int)why]++;
            }
        }

        Flush();
    }

    /// <returns>Why it is not taken; null: it is, or is here already.</returns>
    private SyncRefusal? Place(SyncEntry entry, ulong now)
    {
        if ((entry.Flags & (SyncFlags.NoClientPort | SyncFlags.Sequences | SyncFlags.OnePacket)) != 0)
        {
            return SyncRefusal.Helper;
        }

        if (entry.EngineName is not null || !entry.EngineData.IsEmpty)
        {
            return SyncRefusal.PersistenceEngine;
        }

        byte? state = entry.IsTemplate ? (byte)0 : SyncRules.StateOf(entry.Protocol, entry.State);
        if (state is not { } known)
        {
            return Enum.IsDefined((Base.TransportProtocol)entry.Protocol) ? SyncRefusal.UnknownState : SyncRefusal.UnknownProtocol;
        }

        int slot = _places.Find(entry, out Be32 target, out SyncRefusal refusal);
        if (slot == 0)
        {
            return refusal;
        }

        PmServer server = tables.Servers[slot];
        if (!entry.IsTemplate && SyncOwnership.IsByFullNat(server))
        {
            return SyncRefusal.FullNat;
        }

        var arrival = new PmArrival
        {
            Client = new Be128(entry.Client),
            Target = new Be128(entry.Virtual),
            Name = target,
            Sport = new Be16(entry.ClientPort),
            Dport = new Be16(entry.VirtualPort),
            Mark = new Be32(entry.Mark),
            Server = (uint)slot,
            Ticks = TicksOf(entry, known),
            Proto = entry.Protocol,
            Family = AddressNumbers.FamilyOf(entry.Client),
            State = known,
        };
        return entry.IsTemplate ? PlaceTemplate(entry, arrival, server) : PlaceConnection(entry, arrival, server, now);
    }

    private uint TicksOf(in SyncEntry entry, byte state)
    {
        uint ticksPerSecond = tables.TicksPerSecond;
        return entry.TimeoutSeconds > 0 ? Clock.ToTicks(TimeSpan.FromSeconds(Math.Min(entry.TimeoutSeconds, SecondsMost)), ticksPerSecond)
            : entry.IsTemplate ? TemplateSeconds * ticksPerSecond
            : tables.Settings[0].TimeoutTicks[state];
    }

    private SyncRefusal? PlaceTemplate(in SyncEntry entry, PmArrival arrival, in PmServer server)
    {
        // Nobody would ask for it, and nobody sweeps where no service binds clients.
        if (!tables.Services.TryLookup(KeyNames.Of(server), out PmService service) || service.PersistenceTicks == 0)
        {
            return SyncRefusal.NotPersistent;
        }

        var flags = PmArrivalFlag.Template
            | (entry.State == SyncRules.AssuredState ? PmArrivalFlag.Assured : 0)
            | (ownership.IsOwnerAlone(server) || !SyncOwnership.NeedsLease(server) ? PmArrivalFlag.Yields : 0);
        arrival.Flags = (byte)flags;
        var key = new PmTemplateKey
        {
            Client = arrival.Client, Vip = server.Vip, Vport = server.Vport, Proto = server.Proto, Family = server.Family,
        };
        memory.Note(key, new SyncMemory.KnownTemplate(
            arrival.Server, unchecked((uint)tables.NowTicks() + arrival.Ticks), entry.State == SyncRules.AssuredState, Environment.TickCount64));
        Add(arrival, default, -1);
        return null;
    }

    private SyncRefusal? PlaceConnection(in SyncEntry entry, PmArrival arrival, in PmServer server, ulong now)
    {
        ref readonly PmSettings settings = ref tables.Settings[0];
        (Be32 saddr, ushort salt) = FlowHash.Client(settings, entry.Client);
        (int bucket, ushort tag) = FlowHash.Of(
            settings, saddr, salt, entry.ClientPort, arrival.Name, entry.VirtualPort, entry.Protocol, _buckets);
        var wanted = new PmFlow { Saddr = saddr, Sport = arrival.Sport, Tag = tag };
        int place = Find(wanted, bucket, now);
        if (place >= 0)
        {
            PmFlow here = tables.Flows[place];
            bool isOthers = SyncOwnership.NeedsLease(server) && !ownership.IsOwnerAlone(server);
            if (!isOthers && (ownership.IsOwnerAlone(server) || !SyncMemory.IsSame(here, memory.Flows[place])))
            {
                return SyncRefusal.OwnStands;
            }

            int left = Clock.Until(here.Expiry, now);
            int difference = unchecked((int)arrival.Ticks - left);
            int slack = SlackSeconds * (int)tables.TicksPerSecond;
            if (here.Server == arrival.Server && here.State == arrival.State && (isOthers ? Math.Abs(difference) <= slack : difference <= slack))
            {
                memory.Flows[place] = here;
                Unchanged++;
                return null;
            }

            if (here.Server != arrival.Server)
            {
                bool gives = entry.IsActive && (isOthers || !ConnectionStates.IsActive(here.State));
                if (!gives)
                {
                    return SyncRefusal.OtherServer;
                }

                arrival.Replaced = here.Server;
            }
        }

        Add(arrival, wanted, bucket);
        return null;
    }

    private void Add(in PmArrival arrival, in PmFlow wanted, int bucket)
    {
        MemoryMarshal.Write(_frame.AsSpan(ArrivalsAt + (_count * ArrivalBytes)), arrival);
        _count++;
        if (bucket >= 0)
        {
            _waiting.Add((wanted, bucket));
        }

        if (_count == PmLimit.Arrivals)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        Span<uint> words = stackalloc uint[WordCount];
        words.Clear();
        tables.ArriveProgram.Call(words, _frame.AsSpan(0, ArrivalsAt + (_count * ArrivalBytes)), _count);
        Taken += words[1];
        Updated += words[2];
        _refused[(int)SyncRefusal.OwnStands] += words[3];
        _refused[(int)SyncRefusal.TableFull] += words[4];
        _count = 0;

        // As they stand now the group knows them: this node is not to tell of them as of news.
        ulong now = tables.NowTicks();
        foreach ((PmFlow wanted, int bucket) in _waiting)
        {
            int place = Find(wanted, bucket, now);
            if (place >= 0)
            {
                memory.Flows[place] = tables.Flows[place];
            }
        }

        _waiting.Clear();
    }

    /// <summary>The place of the live entry of this connection; -1: there is none.</summary>
    private int Find(in PmFlow wanted, int bucket, ulong now)
    {
        for (int i = bucket * PmLimit.BucketEntries; i < (bucket + 1) * PmLimit.BucketEntries; i++)
        {
            ref readonly PmFlow flow = ref tables.Flows[i];
            if (SyncMemory.IsSameConnection(flow, wanted) && flow.Server != 0 && Clock.Until(flow.Expiry, now) > 0)
            {
                return i;
            }
        }

        return -1;
    }
}
