using System.Text;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// The rules that keepalived sets too, in a table of their own: virtual addresses that do not accept (<c>no_accept</c>,
/// <c>vrrp_strict</c>) are dropped both ways but for neighbour discovery, and no report of group membership leaves by a virtual
/// MAC address, for it would turn the switches. What nftables refuses is tried again, whole; until then, as without nftables, addresses
/// accept, and that is said.
/// </summary>
internal sealed class Firewall : IDisposable
{
    // Another program may hold the table or the lock, or a module be missing that somebody is about to load. Who is refused for good
    // does not hold up the adverts for more than a moment a minute.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly VirtualRouterSettings _settings;
    private readonly LinkTable _links;
    private readonly HostChanges _changes;
    private readonly EventOutbox _outbox;
    private readonly bool _isWanted;
    private readonly Nftables? _nftables;
    private readonly RulesetMonitor? _monitor;
    private readonly Quarrel _quarrel = new();

    /// <summary>Of whose table this is a part; null: it is whole.</summary>
    private readonly Firewall? _whole;

    /// <summary>Why there are no rules at all, for good.</summary>
    private readonly string? _obstacle;

    // As the kernel shows it after we have made it.
    private string _made = "";

    // What nftables refused to do last, until all is done; and whether addresses accept by it that should not.
    private string? _refusal;
    private bool _isLacking;
    private string? _told;
    private Instant? _retryAt;
    private Instant? _restoreAt;
    private TimeSpan _pause = FirstPause;

    /// <summary>A table of another name that is to go, and would not.</summary>
    private string? _stale;

    private Firewall(Firewall now, VirtualRouterSettings former, LinkTable links)
    {
        _whole = now._whole ?? now;
        (_settings, _links, _changes, _outbox, _nftables) = (former with { Firewall = now._settings.Firewall }, links, now._changes, now._outbox, now._nftables);
        _isWanted = now._isWanted;
    }

    internal Firewall(VirtualRouterSettings settings, LinkTable links, HostChanges changes, EventOutbox outbox)
    {
        (_settings, _links, _changes, _outbox) = (settings, links, changes, outbox);
        _isWanted = settings.Bindings.Any(binding => binding.IsDeaf || binding.VirtualMacs.Any(mac => mac.CarriesIpv6));
        if (_isWanted || changes.FirewallTable is not null)
        {
            _nftables = Nftables.TryOpen(out string obstacle);
            if (_nftables is null)
            {
                _obstacle = obstacle;
                outbox.Note(isWarning: true, $"no_accept does nothing, virtual addresses accept: {obstacle}");
            }
        }

        _monitor = _isWanted && _nftables is not null ? new RulesetMonitor() : null;
    }

    /// <summary>Readable when somebody has changed the host's rules; null: nobody cares.</summary>
    internal FileDescriptor? Watched => _monitor?.Descriptor;

    /// <summary>When rules that were refused, or not restored at once, are to be set.</summary>
    internal Instant? Deadline => Instant.Earlier(_restoreAt, _retryAt);

    /// <summary>The same table, for what an instance held that is configured otherwise or no more.</summary>
    internal Firewall Of(VirtualRouterSettings former, LinkTable links) => new(this, former, links);

    /// <summary>What rules of this instance are not in force, and why; null: all are, or it needs none.</summary>
    internal string? FaultOf(int instance)
    {
        if ((_obstacle ?? (_isLacking ? _refusal : null)) is not { } why || !_isWanted || instance >= _settings.Bindings.Length)
        {
            return null;
        }

        InstanceBinding binding = _settings.Bindings[instance];
        return binding.IsDeaf ? $"no_accept is not in force, its addresses may accept: {why}"
            : binding.VirtualMacs.Any(mac => mac.CarriesIpv6) ? $"reports of group membership may leave by its virtual MAC address: {why}"
            : null;
    }

    /// <summary>Makes the table, or removes one that a role before this one has left and nobody needs.</summary>
    /// <param name="holders">The instances whose addresses are set already, and must not answer for a moment.</param>
    internal void Begin(IEnumerable<int> holders)
    {
        if (_changes.FirewallTable is { } former && (!_isWanted || former != _settings.Firewall.Table) && !TryRemove(former))
        {
            _stale = former;
        }

        if (_isWanted && _nftables is not null)
        {
            _changes.SetFirewallTable(_settings.Firewall.Table);
            Make(holders);
        }
    }

    /// <summary>Somebody has removed rules, perhaps all of the host's (<c>nft flush ruleset</c>): ours come back.</summary>
    /// <param name="holders">The instances whose addresses are set.</param>
    internal void OnRulesChanged(Instant now, IEnumerable<int> holders)
    {
        if (_monitor?.TakeRemoval() == true)
        {
            Reconcile(now, holders);
        }
    }

    internal void Reconcile(Instant now, IEnumerable<int> holders)
    {
        _restoreAt = null;
        if (_refusal is not null)
        {
            Retry(now, holders);
            return;
        }

        if (_nftables is null || !_isWanted || _made.Length == 0 || IsWhole(holders))
        {
            return;
        }

        if (_quarrel.IsPut(now))
        {
            _restoreAt = _quarrel.Until;
            return;
        }

        string often = _quarrel.Count(now) ? " again and again: from now on restored once a second" : ", restored";
        if (!_quarrel.IsQuiet)
        {
            _outbox.Note(isWarning: true, $"rules of nftables table inet {_settings.Firewall.Table} were removed by another program{often}");
        }

        Make(holders);
    }

    // All of it anew: what was refused may have been any part of it.
    private void Retry(Instant now, IEnumerable<int> holders)
    {
        if (now < _retryAt)
        {
            return;
        }

        _refusal = null;
        _isLacking = false;
        if (_stale is { } stale && TryRemove(stale))
        {
            _stale = null;
        }

        if (_isWanted)
        {
            Make(holders);
        }

        if (_refusal is not null)
        {
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _retryAt = now + _pause;
            return;
        }

        (_retryAt, _pause, _told) = (null, FirstPause, null);
        _outbox.Note(isWarning: false, $"nftables, table inet {_settings.Firewall.Table}: what was refused is done now");
    }

    // A listing is without what is in the sets: of a node with thousands of addresses it would be long. Each of ours is asked
    // for instead; the library refuses the text where one of them is missing.
    private bool IsWhole(IEnumerable<int> holders)
    {
        string questions = string.Concat(holders.Select(instance => Elements(instance, "get")));
        return _nftables!.List("inet", _settings.Firewall.Table) == _made && (questions.Length == 0 || _nftables.TryRun(questions, out _));
    }

    private void Make(IEnumerable<int> holders)
    {
        bool isMade = TryRun(Definition() + string.Concat(holders.Select(instance => Elements(instance, "add"))));
        _isLacking |= !isMade;
        _made = isMade ? _nftables!.List("inet", _settings.Firewall.Table) : "";
    }

    internal void End()
    {
        if (_changes.FirewallTable is { } table)
        {
            TryRemove(table);
        }

        if (_stale is { } stale)
        {
            TryRemove(stale);
        }
    }

    /// <summary>Before the addresses are set.</summary>
    internal void Close(int instance)
    {
        string elements = Elements(instance, "add");
        if (_made.Length > 0)
        {
            _isLacking |= !TryRun(elements);
        }
        else if (_refusal is not null && elements.Length > 0)
        {
            // There are no sets: the whole table is tried in the next turn of the thread.
            _retryAt = MonotonicClock.NowWithSuspend;
        }
    }

    /// <summary>After they are gone.</summary>
    internal void Open(int instance)
    {
        string elements = Elements(instance, "add", "delete");
        if ((_whole ?? this)._made.Length > 0)
        {
            TryRun(elements);
        }
    }

    public void Dispose()
    {
        _monitor?.Dispose();
        _nftables?.Dispose();
    }

    // What is added twice is well, what is removed must be there: who deletes adds first.
    private string Elements(int instance, params ReadOnlySpan<string> verbs)
    {
        if (_nftables is null || !_isWanted || instance >= _settings.Bindings.Length || !_settings.Bindings[instance].IsDeaf)
        {
            return "";
        }

        var commands = new StringBuilder();
        foreach (LinkTable.PlacedAddress placed in _links.AddressesOf(instance))
        {
            IpAddress address = placed.Address.Prefix.Address;
            string element = address.IsLinkLocal && !address.IsV4
                ? $"deaf_link_local {{ {address} . \"{placed.Port.Name}\" }}"
                : $"{(address.IsV4 ? "deaf" : "deaf6")} {{ {address} }}";

            foreach (string verb in verbs)
            {
                commands.AppendLine($"{verb} element inet {_settings.Firewall.Table} {element}");
            }
        }

        return commands.ToString();
    }

    // One that cannot be removed stays written down: the next role tries as well.
    private bool TryRemove(string table)
    {
        if (_nftables is null || !TryRun($"add table inet {table}\ndelete table inet {table}\n"))
        {
            return false;
        }

        if (_changes.FirewallTable == table)
        {
            _changes.SetFirewallTable(null);
        }

        return true;
    }

    private bool TryRun(string commands)
    {
        if (_nftables is null || commands.Length == 0 || _nftables.TryRun(commands, out string error))
        {
            return true;
        }

        (_whole ?? this).OnRefused(error);
        return false;
    }

    private void OnRefused(string error)
    {
        _refusal = error;
        _retryAt ??= MonotonicClock.NowWithSuspend + _pause;
        if (_told != error)
        {
            _told = error;
            _outbox.Note(isWarning: true, $"nftables, table inet {_settings.Firewall.Table}: {error}; it is tried again");
        }
    }

    private string Definition()
    {
        (string table, int priority, bool hasCounters) = _settings.Firewall;
        string drop = hasCounters ? "counter drop" : "drop";
        string macs = string.Join(", ", _settings.Bindings
            .SelectMany(binding => binding.VirtualMacs).Select(mac => $"\"{mac.Name}\"").Distinct());
        string reports = macs.Length == 0 ? "" : $$"""
            oifname { {{macs}} } ip protocol igmp {{drop}}
            oifname { {{macs}} } icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report, nd-router-solicit } {{drop}}
            """;
        return $$"""
            add table inet {{table}}
            delete table inet {{table}}
            table inet {{table}} {
                set deaf { type ipv4_addr; }
                set deaf6 { type ipv6_addr; }
                set deaf_link_local { type ipv6_addr . ifname; }
                chain in {
                    type filter hook input priority {{priority}}; policy accept;
                    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
                    ip daddr @deaf {{drop}}
                    ip6 daddr @deaf6 {{drop}}
                    ip6 daddr . iifname @deaf_link_local {{drop}}
                }
                chain out {
                    type filter hook output priority {{priority}}; policy accept;
                    {{reports}}
                    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
                    ip saddr @deaf {{drop}}
                    ip6 saddr @deaf6 {{drop}}
                    ip6 saddr . oifname @deaf_link_local {{drop}}
                }
            }

            """;
    }
}
