using System.Globalization;
using System.Text;
using Pointsman.Config.Model;

namespace Pointsman.Config.Tests;

/// <summary>A configuration as lines to read and compare: every setting, defaults included, no places.</summary>
internal sealed class ModelText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public static string Of(Configuration configuration)
    {
        var model = new ModelText();
        model.Block("global", () => model.Global(configuration.Global));
        foreach (SyncGroupConfig group in configuration.SyncGroups)
        {
            model.Line($"sync group {group.Name}", string.Join(' ', group.Members));
            model.Line("weights count", group.TrackingWeight);
            model.Tracked(group.Tracked);
            model.Notify(group.Notify);
        }

        foreach (TrackFileConfig file in configuration.TrackFiles)
        {
            model.Line($"file {file.Name}", $"{file.Path} weight {file.Weight}{Reverse(file.Reverse)} begins with {file.InitialNumber} {file.Overwrites}");
        }

        foreach (TrackProcessConfig process in configuration.TrackProcesses)
        {
            model.Line($"process {process.Name}", string.Join(' ', process.Command.Select(part => $"[{part}]")) + $" {process.Match} weight {process.Weight}{Reverse(process.Reverse)}");
            model.Line("quorum", $"{process.Quorum} to {process.QuorumMax} after {Seconds(process.ForkDelay)}, {Seconds(process.TerminateDelay)}, full {process.FullCommand}");
        }

        foreach (BfdConfig bfd in configuration.Bfds)
        {
            model.Line($"bfd {bfd.Name}", $"{bfd.Neighbor} from {bfd.SourceAddress} every {bfd.MinTx.TotalMilliseconds} or {bfd.IdleTx.TotalMilliseconds} ms, hears every {bfd.MinRx.TotalMilliseconds} ms times {bfd.Multiplier}");
            model.Line("path", $"passive {bfd.IsPassive}, multihop {bfd.IsMultihop}, ttl {bfd.EffectiveTimeToLive}, hops {bfd.MaxHops}, weight {bfd.Weight}{Reverse(bfd.Reverse)}, for vrrp {bfd.IsForVrrp}, for checkers {bfd.IsForChecker}");
        }

        if (configuration.TlsClient is { } client)
        {
            model.Line("shows", $"{client.Certificate} {client.Key} {client.Password} {client.Authorities}");
        }

        if (configuration.PollsAllLinks || !configuration.LinkBeats.IsEmpty)
        {
            model.Line("drivers asked", $"all: {configuration.PollsAllLinks} {string.Join(' ', configuration.LinkBeats.Select(link => $"{link.Interface}:{link.Method}"))}");
        }

        foreach (LinkDelayConfig delay in configuration.LinkDelays)
        {
            model.Line($"link {delay.Interface}", $"down after {Seconds(delay.Down)}, up after {Seconds(delay.Up)}");
        }

        if (configuration.Instance is { } name)
        {
            model.Line("instance", name);
        }

        foreach (VrrpScriptConfig script in configuration.Scripts)
        {
            model.Block($"script {script.Name}", () => model.Script(script));
        }

        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            model.Block($"instance {instance.Name}", () => model.Instance(instance));
        }

        foreach (GarpGroupConfig group in configuration.GarpGroups)
        {
            model.Line("pace", $"{group.GarpInterval} {group.GnaInterval} {string.Join(' ', group.Interfaces)}");
        }

        model.Static(configuration.Static);
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            model.Block($"virtual server {server.Name}{(server.Group is null ? "" : $" {string.Join(' ', server.Members)}")}", () => model.VirtualServer(server));
        }

        return model._text.ToString();
    }

    private void Static(StaticConfig statics)
    {
        foreach (TrackGroupConfig group in statics.TrackGroups)
        {
            Line("track group", $"{group.Name}: {string.Join(' ', group.Members)}");
        }

        foreach (VirtualAddressConfig address in statics.Addresses)
        {
            Line("static address", address with { Source = default });
        }

        Routing(statics.Routes, statics.Rules);
    }

    private void Routing(IEnumerable<RouteConfig> routes, IEnumerable<RuleConfig> rules)
    {
        foreach (RouteConfig route in routes)
        {
            Line("route", route with { Source = default });
        }

        foreach (RuleConfig rule in rules)
        {
            Line("rule", rule with { Source = default });
        }
    }

    private void Global(GlobalDefinitions global)
    {
        if (global is { IsStrict: true } or { OwnerIgnoresAdverts: true } or { NftablesTable: not null } or { NftablesCounters: true } or { NftablesPriority: not -1 })
        {
            Line("strict", $"{global.IsStrict}, owners deaf {global.OwnerIgnoresAdverts}, {global.NftablesTable} {global.NftablesPriority} {global.NftablesCounters}");
        }

        if (global.DefaultInterface != "eth0")
        {
            Line("static addresses on", global.DefaultInterface);
        }

        Line("router id", global.RouterId ?? "(the host name)");
        Line("mail to", string.Join(", ", global.Mail.To));
        Line("mail from", global.Mail.From);
        Line("mail server", $"{global.Mail.Server ?? "(none)"} port {global.Mail.Port}, timeout {Seconds(global.Mail.ConnectTimeout)}");
        foreach (string line in Differing(global.Mail with { Login = global.Mail.Login is { } login ? login with { Source = default } : null }, new MailConfig(), nameof(MailConfig.To), nameof(MailConfig.From),
            nameof(MailConfig.Server), nameof(MailConfig.Port), nameof(MailConfig.ConnectTimeout)))
        {
            Line("mail", line);
        }

        Line("scripts run as", User(global.ScriptUser, global.ScriptGroup));
        Line("script security", global.EnableScriptSecurity);
        if (global.VmacPrefix != "vrrp" || global.VmacAddressPrefix is not null)
        {
            Line("virtual MACs", $"{global.VmacPrefix}, {global.VmacAddressPrefix}");
        }

        Line("dead man's switch", global.DeadMansSwitch);
        if (global.VrrpDelayAfterBoot > TimeSpan.Zero)
        {
            Line("VRRP after the boot", Seconds(global.VrrpDelayAfterBoot));
        }

        if (global.VrrpStartupDelay > TimeSpan.Zero || global.Garp != new GarpDefaults())
        {
            Line("VRRP after", Seconds(global.VrrpStartupDelay));
            Line("announcements", global.Garp);
        }

        if (global.Umask is { } mask)
        {
            Line("umask", mask);
        }

        if (global.LvsTimeouts is { } timeouts)
        {
            Line("idle connections", string.Join(' ', timeouts.Words));
        }

        if (global.RsInitNotifies)
        {
            Line("first states", "told");
        }

        if (global.ConnectionTable != GlobalDefinitions.ConnectionTableDefault)
        {
            Line("connections", global.ConnectionTable);
        }

        if (!global.ShareChecks)
        {
            Line("same checks", "each by itself");
        }

        if (global.SyncDaemon is { } synchronisation)
        {
            Line("synchronises", synchronisation with { Source = default });
        }

        Fifo("events to", global.NotifyFifo);
        Fifo("events of VRRP to", global.VrrpNotifyFifo);
        Fifo("events of servers to", global.LvsNotifyFifo);
        if (global.Webhook is { } webhook)
        {
            Line("webhook", webhook);
        }

        if (global is { NotifyPriorityChanges: true } or { FifoWriteStatesOnReload: true })
        {
            Line("priorities to pipes", global.NotifyPriorityChanges);
            Line("states to pipes on reload", global.FifoWriteStatesOnReload);
        }
    }

    private void Script(VrrpScriptConfig script)
    {
        Line("command", string.Join(' ', script.Command.Select(part => $"[{part}]")));
        Line("interval", Seconds(script.Interval));
        Line("timeout", script.Timeout is { } timeout ? Seconds(timeout) : "(the interval)");
        Line("weight", $"{script.Weight}{Reverse(script.Reverse)}");
        if (script.InitFail)
        {
            Line("starts failed", script.InitFail);
        }

        Line("rise, fall", $"{script.Rise}, {script.Fall}");
        Line("runs as", User(script.User, script.Group));
    }

    private void Instance(VrrpInstanceConfig instance)
    {
        Line("starts as", instance.StartsAsMaster ? "MASTER" : "BACKUP");
        Line("interface", instance.Interface);
        Line("virtual router", instance.VirtualRouterId);
        Line("priority", instance.Priority);
        Line("advert every", Seconds(instance.AdvertInterval));
        Adverts(instance.Adverts);
        Line("password", instance.AuthPass ?? "(none)");
        Line("preempts", !instance.Nopreempt);
        Line("adverts from", instance.McastSrcIp?.ToString() ?? "(the interface's address)");
        Line("gratuitous ARP", $"{instance.GarpMasterRepeat} now, {instance.GarpMasterRepeat} after {Seconds(instance.GarpMasterDelay)}");
        if (instance.SplitBrain != SplitBrainPolicy.Announce)
        {
            Line("split brain", instance.SplitBrain);
        }

        foreach (VirtualAddressConfig address in instance.VirtualAddresses)
        {
            string where = $"on {address.Device ?? "(the interface)"} label {address.Label ?? "(none)"}";
            Line("address", $"{address.Prefix} {where} broadcast {address.Broadcast?.ToString() ?? "(none)"} scope {address.Scope}");
        }

        foreach (VirtualAddressConfig address in instance.ExcludedAddresses)
        {
            Line("excluded", address with { Source = default });
        }

        Tracked(new TrackedConfig
        {
            Scripts = instance.TrackScripts, Interfaces = instance.TrackInterfaces,
            Files = instance.TrackFiles, Processes = instance.TrackProcesses, Bfds = instance.TrackBfds,
        });
        if (instance.PreemptDelay > TimeSpan.Zero || instance.DontTrackPrimary)
        {
            Line("preempts after", Seconds(instance.PreemptDelay));
            Line("ignores its link", instance.DontTrackPrimary);
        }

        if (instance.GarpExtra is { } extra)
        {
            Line("extra announcements", extra);
        }

        Routing(instance.Routes, instance.Rules);
        if (instance is { IsStrict: true } or { Accept: not null } or { OwnerIgnoresAdverts: true })
        {
            Line("strict, accept, deaf owner", $"{instance.IsStrict}, {instance.Accept}, {instance.OwnerIgnoresAdverts}");
        }

        if (instance.Vmac != new VmacConfig())
        {
            Line("virtual MAC", instance.Vmac);
        }

        if (instance.PollsLink)
        {
            Line("asks the driver", instance.PollsLink);
        }

        if (instance.PromoteSecondaries)
        {
            Line("promotes secondaries", instance.PromoteSecondaries);
        }

        if (instance.GarpMasterRefresh > TimeSpan.Zero || instance.GarpMasterRefreshRepeat != 1)
        {
            Line("refreshes", $"{instance.GarpMasterRefreshRepeat} every {Seconds(instance.GarpMasterRefresh)}");
        }

        if (instance.GarpLowerPrioDelay is not null || instance.GarpLowerPrioRepeat is not null)
        {
            Line("wins back", $"{instance.GarpLowerPrioRepeat} after {instance.GarpLowerPrioDelay}");
        }

        if (instance.LowerPrioNoAdvert || instance.HigherPrioSendAdvert)
        {
            Line("silent to lower, last word", $"{instance.LowerPrioNoAdvert}, {instance.HigherPrioSendAdvert}");
        }

        Notify(instance.Notify);
    }

    private void Tracked(TrackedConfig tracked)
    {
        foreach (TrackedScriptConfig track in tracked.Scripts)
        {
            Line("tracks script", $"{track.Name} weight {Weight(track.Weight, "the script's")}{Reverse(track.Reverse)}");
        }

        foreach (TrackedInterfaceConfig track in tracked.Interfaces)
        {
            Line("tracks interface", $"{track.Name} weight {track.Weight}{Reverse(track.Reverse)}");
        }

        foreach (TrackedThingConfig track in tracked.Files)
        {
            Line("tracks file", $"{track.Name} weight {Weight(track.Weight, "the file's")}{Reverse(track.Reverse)}");
        }

        foreach (TrackedThingConfig track in tracked.Bfds)
        {
            Line("tracks bfd", $"{track.Name} weight {Weight(track.Weight, "the path's")}{Reverse(track.Reverse)}");
        }

        foreach (TrackedThingConfig track in tracked.Processes)
        {
            Line("tracks process", $"{track.Name} weight {Weight(track.Weight, "the process's")}{Reverse(track.Reverse)}");
        }
    }

    private static string Weight(int? weight, string otherwise) =>
        weight?.ToString(CultureInfo.InvariantCulture) ?? $"({otherwise})";

    private static string Reverse(bool isReverse) => isReverse ? " reverse" : "";

    private void Adverts(AdvertConfig adverts)
    {
        Line("version", $"{adverts.Version} over {adverts.Family}");
        foreach (string line in Differing(adverts, new AdvertConfig { Version = adverts.Version, Family = adverts.Family }, nameof(AdvertConfig.UnicastPeers)))
        {
            Line("adverts", line);
        }

        foreach (UnicastPeerConfig peer in adverts.UnicastPeers)
        {
            Line("peer", $"{peer.Address} ttl {peer.MinTtl?.ToString(CultureInfo.InvariantCulture) ?? "0"}..{peer.MaxTtl?.ToString(CultureInfo.InvariantCulture) ?? "255"}");
        }
    }

    // Only what is not as without a word.
    private static IEnumerable<string> Differing<T>(T config, T usual, params string[] without) =>
        from property in typeof(T).GetProperties()
        where !without.Contains(property.Name) && property.CanWrite
        let value = property.GetValue(config)
        where !Equals(value, property.GetValue(usual))
        select $"{property.Name} {value}";

    private void Notify(NotifyConfig notify)
    {
        Script("on any change", notify.Any);
        Script("on master", notify.Master);
        Script("on backup", notify.Backup);
        Script("on fault", notify.Fault);
        Script("on stop", notify.Stop);
        Script("when deleted", notify.Deleted);
        Script("on lower priority", notify.LowerPriorityHeard);
        if (notify.SmtpAlert is { } mails)
        {
            Line("mail", mails);
        }

        if (notify.PriorityChanges is { } isOn)
        {
            Line("priorities to pipes", isOn);
        }
    }

    private void Fifo(string name, NotifyFifoConfig? fifo)
    {
        if (fifo is not null)
        {
            Line(name, $"{fifo.Path} of {User(fifo.User, fifo.Group)}");
            Script(name, fifo.Script);
        }
    }

    private void Script(string name, NotifyScriptConfig? script)
    {
        if (script is not null)
        {
            Line(name, $"{string.Join(' ', script.Command.Select(part => $"[{part}]"))} as {User(script.User, script.Group)}");
        }
    }

    private void VirtualServer(VirtualServerConfig server)
    {
        Line("balanced by", $"{server.Algorithm} {server.Flags}, {server.Kind}, {server.Protocol}{(server.Family is { } family ? $", packets of {family}" : "")}{(server.OnePacket ? ", each packet" : "")}");
        Line("checked every", Seconds(server.DelayLoop));
        Line("persistence", (server.ByCall ? "of calls " : "") + (server.PersistenceTimeout is { } time ? $"{Seconds(time)} per /{server.PersistencePrefixLength}{(server.PersistenceGaps == 0 ? "" : $" without {server.PersistenceGaps:x}")}" : "(none)"));
        if (server.VirtualHost is { } host)
        {
            Line("asked as", host);
        }

        Line("quorum", $"{server.Quorum} +- {server.Hysteresis} up {Script(server.QuorumUp)} down {Script(server.QuorumDown)}");
        Line("stands in", $"{server.SorryServer?.ToString() ?? "(nobody)"} by {server.SorryServerKind} inhibited {server.SorryServerInhibit}");
        Line("at the end", $"omega {server.Omega}, suspended elsewhere {server.HaSuspend}, starts down {server.Times.Alpha == true}");
        if (server is { ConnReuseMode: not null } or { ExpireNodestConn: true } or { ExpireQuiescentTemplate: true } or { Sloppy: true })
        {
            Line("connections", $"reused {server.ConnReuseMode?.ToString(CultureInfo.InvariantCulture) ?? "(by state)"}, without server {server.ExpireNodestConn}, bound at weight 0 {server.ExpireQuiescentTemplate}, sloppy {server.Sloppy}");
        }

        if (!server.CheckRoad || server.CheckRoadSource is not null)
        {
            Line("checked on the client's road", $"{server.CheckRoad} from {server.CheckRoadSource?.ToString() ?? "(anywhere)"}");
        }

        if (!server.FullNat.IsEmpty)
        {
            Line("clients are seen as", string.Join(' ', server.FullNat));
        }

        if (server.SmtpAlert is { } mails)
        {
            Line("mail", mails);
        }

        foreach (RealServerConfig realServer in server.RealServers)
        {
            Block($"real server {realServer.Address} {realServer.Kind} weight {realServer.Weight} limits {realServer.UpperThreshold} {realServer.LowerThreshold}", () =>
            {
                if (realServer.VirtualHost is { } host)
                {
                    Line("asked as", host);
                }

                Line("told", $"inhibited {realServer.InhibitOnFailure} up {Script(realServer.NotifyUp)} down {Script(realServer.NotifyDown)}");
                if (realServer.SmtpAlert is { } mail)
                {
                    Line("mail", mail);
                }

                foreach (CheckerConfig check in realServer.Checks)
                {
                    Block(Title(check), () => Check(check));
                }
            });
        }
    }

    private static string Title(CheckerConfig check) => check switch
    {
        TcpCheckConfig => "TCP check",
        HttpCheckConfig { IsTls: true } => "SSL check",
        HttpCheckConfig => "HTTP check",
        SmtpCheckConfig smtp => $"SMTP check as {smtp.HeloName}",
        DnsCheckConfig dns => $"DNS check of {dns.Type} {dns.Name}",
        UdpCheckConfig udp => $"UDP check {Convert.ToHexStringLower(udp.Payload.AsSpan())} reply {udp.RequireReply} "
            + $"{Convert.ToHexStringLower(udp.Reply.AsSpan())} mask {Convert.ToHexStringLower(udp.ReplyMask.AsSpan())} {udp.MinReplyLength} to {udp.MaxReplyLength}",
        PingCheckConfig => "PING check",
        MiscCheckConfig misc => $"MISC check {string.Join(' ', misc.Command.Select(part => $"[{part}]"))} timeout {misc.Timeout} dynamic {misc.IsDynamic} "
            + $"user {User(misc.User, misc.Group)}",
        BfdCheckConfig bfd => $"BFD check {bfd.Name}",
        FileCheckConfig file => $"FILE check {file.TrackFile} {file.Path} weight {file.Weight}{Reverse(file.Reverse)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private void Check(CheckerConfig check)
    {
        string port = check.ConnectPort?.ToString(CultureInfo.InvariantCulture) ?? "(its port)";
        Line("connects to", $"{check.ConnectIp?.ToString() ?? "(its address)"} {port}, timeout {Seconds(check.ConnectTimeout)}");
        if ((check.BindTo, check.BindPort, check.BindInterface, check.FirewallMark) is not (null, null, null, 0))
        {
            Line("comes from", $"{check.BindTo} port {check.BindPort} interface {check.BindInterface} mark {check.FirewallMark}");
        }

        Line("retries", $"{check.Retry}, {Seconds(check.DelayBeforeRetry)} apart");
        Line("every", check.DelayLoop is { } loop ? Seconds(loop) : "(the virtual server's)");
        Line("first within", check.Warmup is { } warmup ? Seconds(warmup) : "(the interval)");
        if (check.Alpha || check.LogAllFailures)
        {
            Line("besides", $"{(check.Alpha ? "starts down " : "")}{(check.LogAllFailures ? "logs all failures" : "")}");
        }

        if (check is HttpCheckConfig http)
        {
            Http(http);
        }
    }

    private void Http(HttpCheckConfig http)
    {
        Line("asks", $"HTTP/{http.HttpProtocol} host {http.VirtualHost ?? "(none)"} SNI {http.EnableSni} {http.SniName}");
        Line("fast recovery", http.FastRecovery);
        Line("TLS compliant", http.TlsCompliant);
        foreach (HttpUrlConfig url in http.Urls)
        {
            Line("page", $"{url.Path} host {url.VirtualHost ?? "(none)"} digest {url.Digest ?? "(none)"} status "
                + $"{string.Join(' ', url.StatusCodes.Select(range => $"{range.First}-{range.Last}"))} TLS compliant {url.TlsCompliant}");
            Line("holds", $"{url.Regex ?? "(anything)"} not {url.RegexNoMatch} options {string.Join(' ', url.RegexOptions)} "
                + $"from {url.RegexMinOffset} to {url.RegexMaxOffset}");
        }
    }

    private static string Script(NotifyScriptConfig? script) =>
        script is null ? "(nothing)" : $"{string.Join(' ', script.Command.Select(part => $"[{part}]"))} as {User(script.User, script.Group)}";

    private static string User(string? user, string? group) => $"{user ?? "(default)"}{(group is null ? "" : $":{group}")}";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s");

    private void Block(string name, Action fill)
    {
        Indent().Append(name).Append('\n');
        _depth++;
        fill();
        _depth--;
    }

    private void Line(string name, object? value) =>
        Indent().Append(CultureInfo.InvariantCulture, $"{name}: {value ?? "(none)"}").Append('\n');

    private StringBuilder Indent() => _text.Append(' ', _depth * 2);
}
