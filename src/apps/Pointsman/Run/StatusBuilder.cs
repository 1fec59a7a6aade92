using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Engine;
using Pointsman.Health;
using Pointsman.PathWatch.Messages;
using Pointsman.Probes;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.App.Run;

/// <summary>Puts what the parts of the daemon know into one record for the operator.</summary>
internal sealed class StatusBuilder
{
    private readonly StatusFacts _facts;
    private readonly DataplaneSnapshot? _plane;
    private readonly Dictionary<ServiceKey, ServiceSnapshot> _services;

    private StatusBuilder(StatusFacts facts, DataplaneSnapshot? plane)
    {
        _facts = facts;
        _plane = plane;
        _services = plane?.Services.ToDictionary(service => service.Key) ?? [];
    }

    /// <param name="plane">Null: nothing is balanced here.</param>
    internal static NodeStatus Build(StatusFacts facts, DataplaneSnapshot? plane) => new StatusBuilder(facts, plane).Node();

    private NodeStatus Node() => new()
    {
        Version = ProgramVersion.Text,
        LastReload = _facts.LastReload,
        ByHand = _facts.ByHand,
        Synchronisation = _facts.Synchronisation,
        Sending = _facts.Sending,
        Pid = Environment.ProcessId,
        RouterId = _facts.Survey.Configuration.Global.RouterId ?? Environment.MachineName,
        ConfigFile = System.IO.Path.GetFullPath(_facts.Options.ConfigFile),
        UptimeSeconds = (_facts.Now - _facts.Started).TotalSeconds,
        Instances = [.. _facts.Survey.Configuration.Instances.Select(Instance)],
        Scripts = [.. _facts.Scripts.Select(Script)],
        Paths = [.. _facts.Paths.Select(Path)],
        VirtualServers = [.. _facts.Survey.Configuration.VirtualServers.Select(VirtualServer)],
        DeadMansSwitch = _facts.DeadMansSwitch,
        Checks = _facts.Survey.CheckCount == 0 ? null : Checks(),
        DataPath = _plane is { } plane ? DataPath(plane) : null,
    };

    private InstanceStatus Instance(VrrpInstanceConfig configured)
    {
        InstanceSnapshot? now = Snapshot(configured.Name);
        bool hasPeer = now is { State: not VrrpState.Master, MasterAddress: not null };
        return new InstanceStatus
        {
            Name = configured.Name,
            State = StateName(now?.State),
            SinceSeconds = now?.StateFor.TotalSeconds ?? 0,
            Reason = _facts.InstanceReasons.GetValueOrDefault(configured.Name, ""),
            SyncGroup = _facts.Survey.Configuration.SyncGroups.FirstOrDefault(group => group.Members.Contains(configured.Name))?.Name,
            Order = now is { Order: not VrrpOrder.None } ? JsonNamingPolicy.KebabCaseLower.ConvertName(now.Order.ToString()) : null,
            Priority = configured.Priority,
            EffectivePriority = now?.EffectivePriority ?? configured.Priority,
            Interface = configured.Interface,
            VirtualRouterId = configured.VirtualRouterId,
            AdvertIntervalSeconds = configured.AdvertInterval.TotalSeconds,
            Version = configured.Adverts.Version,
            SentFrom = now?.SourceAddress?.ToString(),
            SentTo = [.. now?.AdvertTargets.Select(target => target.ToString()) ?? []],
            MasterAdvertIntervalSeconds = (now?.MasterAdvertInterval ?? configured.AdvertInterval).TotalSeconds,
            Peer = hasPeer ? now!.MasterAddress.ToString() : null,
            PeerPriority = hasPeer ? now!.MasterPriority : null,
            Addresses = [.. configured.HeldAddresses.Select(address => address.Prefix.ToString())],
            AdvertsSent = now?.AdvertsSent ?? 0,
            AdvertsReceived = now?.AdvertsReceived ?? 0,
            BecameMaster = now?.BecameMaster ?? 0,
            RulesMissing = now?.RulesMissing,
            Rival = now?.Rival is { } rival ? Rival(rival) : null,
            SplitBrain = now is { State: VrrpState.Master, Rival.Cause: not RivalCause.ForeignCluster },
            SplitBrainPolicy = configured.SplitBrain.ToString().ToLowerInvariant(),
            RivalsSeen = now?.RivalsSeen ?? 0,
            RivalClaims = now?.RivalClaims ?? 0,
            TakeoversHeld = now?.TakeoversHeld ?? 0,
            YieldedToRival = now?.YieldedToRival ?? 0,
            AdvertsDiscarded = now is null
                ? ImmutableDictionary<string, long>.Empty
                : now.Discarded.ToImmutableDictionary(
                    count => Kebab(count.Reason), count => count.Count),
        };
    }

    private static RivalStatus Rival(RivalSnapshot rival) => new()
    {
        Cause = Kebab(rival.Cause),
        Rejected = rival.Cause == RivalCause.Rejected ? Kebab(rival.Discard) : null,
        Address = rival.Address?.ToString(),
        Mac = rival.Mac?.ToString(),
        Claimed = rival.Claimed?.ToString(),
        Theirs = rival.Theirs,
        Ours = rival.Ours,
        Text = rival.Text,
        SeenSeconds = rival.SeenFor.TotalSeconds,
    };

    private static string Kebab(Enum word) => JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString());

    private InstanceSnapshot? Snapshot(string instance) =>
        _facts.Router?.Instances.FirstOrDefault(candidate => candidate.Name == instance);

    private static string StateName(VrrpState? state) => state is { } known ? VrrpEventText.StateName(known) : "UNKNOWN";

    private PathStatus Path(PathSnapshot path) => new()
    {
        Name = path.Name,
        Neighbor = _facts.Survey.Configuration.Bfds.FirstOrDefault(bfd => bfd.Name == path.Name)?.Neighbor.ToString() ?? "",
        State = path.State,
        RemoteState = path.RemoteState,
        Reason = path.Why,
        SinceSeconds = path.StateForSeconds,
        TransmitMs = path.TransmitMs,
        DetectMs = path.DetectMs,
        Sent = path.Sent,
        Received = path.Received,
        Discarded = path.Discarded,
    };

    private static ScriptStatus Script(TrackScriptSnapshot script) => new()
    {
        Name = script.Name,
        State = script.State.ToString().ToLowerInvariant(),
        Reason = script.LastOutcome?.Reason ?? "",
        LastRunSecondsAgo = script.LastRunTimestamp is { } ran ? Stopwatch.GetElapsedTime(ran).TotalSeconds : null,
    };

    private VirtualServerStatus VirtualServer(VirtualServerConfig configured, int index)
    {
        ServiceSurvey survey = _facts.Survey.Services[index];
        var figures = new ServerFigures(configured, _services, _facts.Rates);
        ImmutableArray<VirtualAddressStatus> addresses = [.. configured.Targets.Select(Address)];
        bool armed = addresses.Any(address => address.Armed);
        string why = string.Join("; ", addresses.Select(address => address.Why).Distinct());
        return new VirtualServerStatus
        {
            Address = configured.Name,
            Group = configured.Group,
            Addresses = addresses,
            Protocol = ProtocolOf(configured),
            Scheduler = configured.Algorithm.ToString().ToLowerInvariant(),
            Kind = Forwarding.Typed(configured.Kind, configured.GuePort),
            PersistenceTimeout = configured.PersistenceTimeout?.TotalSeconds,
            PersistenceEngine = configured is { ByCall: true, PersistenceTimeout: not null } ? "sip" : null,
            OnePacket = configured.OnePacket,
            FullNat = [.. configured.FullNat.Select(local => local.ToString())],
            Armed = armed,
            SorryServer = survey.IsRelieved ? configured.SorryServer?.ToString() : null,
            Why = survey.IsRelieved ? $"{why}; its quorum is lost: sorry server {configured.SorryServer} stands in" : why,
            Rates = Rates(figures.Rates()),
            RealServers = [.. configured.RealServers.Select((server, at) => RealServer(server, survey.Servers[at], figures.Of(at)) with
            {
                Rates = Rates(figures.Rates(at)),
            })],
        };
    }

    /// <summary>A mark may be on packets of any: IPVS calls that IP.</summary>
    internal static string ProtocolOf(VirtualServerConfig configured) =>
        configured.Targets.All(target => target.Address.Mark != 0) ? "IP" : configured.Protocol.UpperCaseName();

    private VirtualAddressStatus Address(VirtualTarget target)
    {
        (bool armed, string why) = Armed(target.Address);
        return new VirtualAddressStatus { Address = target.Address.ToString(), Armed = armed, Why = why };
    }

    private (bool Armed, string Why) Armed(TransportEndpoint target)
    {
        if (target.Mark != 0)
        {
            return (true, "a mark of the firewall names it: what is marked is balanced, but to addresses of an instance that is not master");
        }

        IpAddress vip = target.Address;
        if (_facts.Survey.Ownership.OwnerOf(vip) is not { } owner)
        {
            return (true, "its address is no instance's: this node always balances it");
        }

        VrrpState? state = Snapshot(owner)?.State;
        return state switch
        {
            VrrpState.Master => (true, $"{owner} is MASTER"),
            VrrpState.Leaving => (true, $"{owner} hands over"),
            _ => (false, $"{owner} is {StateName(state)}"),
        };
    }

    private static RateStatus? Rates(Counters? measured) => measured is not { } rates ? null : new RateStatus
    {
        Connections = rates.Connections,
        InPackets = rates.PacketsIn,
        OutPackets = rates.PacketsOut,
        InBytes = rates.BytesIn,
        OutBytes = rates.BytesOut,
    };

    private RealServerStatus RealServer(RealServerConfig configured, ServerSurvey survey, (int Active, int Inactive, Counters Counters) figures)
    {
        ServerHealthStatus health = survey.Health;
        return new RealServerStatus
        {
            Address = configured.Address.Port == 0 ? configured.Address.Address.ToString() : configured.Address.ToString(),
            State = health.IsUp ? "up" : "down",
            Weight = survey.Weight,
            ConfiguredWeight = configured.Weight,
            Order = survey.Order?.Outcome,
            Local = survey.Way is Reachability.Local,
            Active = figures.Active,
            Inactive = figures.Inactive,
            Connections = (ulong)figures.Counters.Connections,
            InPackets = (ulong)figures.Counters.PacketsIn,
            InBytes = (ulong)figures.Counters.BytesIn,
            OutPackets = (ulong)figures.Counters.PacketsOut,
            OutBytes = (ulong)figures.Counters.BytesOut,
            Kind = Forwarding.Typed(configured.Kind, configured.GuePort),
            NextHop = (survey.Way as Reachability.Via)?.NextHop.Target.ToString(),
            Reason = Reason(health, survey.WhyUnreached),
            SinceSeconds = health.ChangedAt is { } changed ? (_facts.Now - changed).TotalSeconds : null,
            LastCheck = LastCheck(health),
        };
    }

    // A server that passes its checks may still be out of reach for forwarded packets.
    private static string Reason(ServerHealthStatus health, string? unreached) => unreached is not null
        ? string.Create(CultureInfo.InvariantCulture, $"{health.Reason}; takes no connections: {unreached}")
        : health.Reason;

    private LastCheckStatus? LastCheck(ServerHealthStatus health)
    {
        CheckResult? last = health.Checks.Select(check => check.LastResult).Where(result => result is not null)
            .OrderByDescending(result => result!.At).FirstOrDefault();
        return last is null ? null : new LastCheckStatus
        {
            Success = last.Outcome.IsSuccess,
            Outcome = last.Outcome.Reason,
            SecondsAgo = (_facts.Now - last.At).TotalSeconds,
            DurationMs = last.Duration.TotalMilliseconds,
            Through = last.Outcome.Way?.Through?.ToString(),
            PlainBecause = last.Outcome.Way?.PlainBecause,
            OffRoad = last.Outcome is ProbeOutcome.OffRoad off ? OffRoad(off) : null,
        };
    }

    private ChecksStatus Checks() => new()
    {
        Count = _facts.Survey.CheckCount,
        Finished = _facts.Survey.Overdue.Finished,
        Overdue = _facts.Survey.Overdue.Count,
        Lost = _facts.Survey.Overdue.Lost,
        WorstLateSeconds = _facts.Survey.Overdue.Worst.TotalSeconds,
    };

    private static OffRoadStatus OffRoad(ProbeOutcome.OffRoad off) => new()
    {
        Road = off.Road.Reason,
        OwnAddress = off.Own?.Reason,
        OwnAddressAnswers = off.Own is { IsSuccess: true },
        Cause = off.Cause,
    };

    private DataPathStatus DataPath(DataplaneSnapshot plane) => new()
    {
        Interfaces = _facts.Interfaces,
        Connections = plane.Connections,
        ConnectionCapacity = plane.Capacity,
        TableWrites = _facts.TableWrites,
        Verdicts = plane.Verdicts.ToImmutableSortedDictionary(
            pair => pair.Key, pair => (ulong)pair.Value, StringComparer.Ordinal),
    };
}
