using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Which addresses a <c>virtual_server group NAME</c> has, wherever in the file the group stands.</summary>
internal static class VirtualGroupRules
{
    /// <summary>Gives the virtual servers of groups their addresses; those without any are taken out, with a complaint.</summary>
    public static void Resolve(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        Completion.NoticeSecondNames(draft.VirtualServerGroups, sink);
        var used = new HashSet<string>();
        for (int i = draft.VirtualServers.Count - 1; i >= 0; i--)
        {
            Bound<VirtualServerDraft> bound = draft.VirtualServers[i];
            if (bound.Value.Config.Group is not { } name)
            {
                draft.VirtualServers[i] = MarkRules.WithFamily(bound);
                continue;
            }

            used.Add(name);
            if (Find(draft, name)?.Targets(MarkRules.FamilyOf(bound)).ToImmutableArray() is { IsEmpty: false } members)
            {
                draft.VirtualServers[i] = bound with { Value = bound.Value.With(config => With(config, members, bound)) };
                continue;
            }

            draft.VirtualServers.RemoveAt(i);
            if (!hasGaps)
            {
                ReportNone(name, bound, draft, sink);
            }
        }

        // Whose name was mistyped elsewhere is told there.
        bool isMistyped = used.Any(name => Find(draft, name) is null);
        foreach (Bound<VirtualServerGroupConfig> group in draft.VirtualServerGroups.Where(group => !isMistyped && !used.Contains(group.Value.Name)))
        {
            sink.Report(DiagnosticCatalogue.UnusedVirtualGroup, group.Owner.HeaderSpan, group.Value.Name);
        }
    }

    /// <summary>The port that all its addresses have, 0 if that is all ports, as marks have them; null: they have different ones.</summary>
    public static ushort? CommonPort(VirtualServerConfig server)
    {
        ushort port = server.Address.Port;
        return server.Targets.All(target => target.Address.Port == port) ? port : null;
    }

    /// <summary>Complains of checks that nobody knows the port of.</summary>
    public static void CheckPorts(VirtualServerConfig server, DiagnosticSink sink)
    {
        foreach (CheckerConfig check in server.RealServers
            .Where(real => real.Address.Port == 0)
            .SelectMany(real => real.Checks)
            .Where(check => check.ConnectPort is null && check is not (MiscCheckConfig or PingCheckConfig) && check.IsTimed))
        {
            sink.Report(
                DiagnosticCatalogue.CheckWithoutPort,
                check.Source,
                CommonPort(server) == 0 ? "the virtual server has all of them" : $"the addresses of `{server.Name}` have different ones");
        }
    }

    private static VirtualServerConfig With(VirtualServerConfig config, ImmutableArray<VirtualTarget> members, Bound<VirtualServerDraft> bound)
    {
        TransportEndpoint first = members[0].Address;
        return config with
        {
            Address = first,
            Members = members,
            PersistencePrefixLength = bound.Has("persistence_granularity") ? config.PersistencePrefixLength : first.Address.LengthBits,
        };
    }

    private static VirtualServerGroupConfig? Find(Draft draft, string name) =>
        draft.VirtualServerGroups.FirstOrDefault(group => group.Value.Name == name)?.Value;

    private static void ReportNone(string name, Bound<VirtualServerDraft> bound, Draft draft, DiagnosticSink sink)
    {
        SourceSpan place = bound.Owner.Words[2].Span;
        if (Find(draft, name) is { } empty)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.EmptyVirtualGroup, empty.Source, name));
            return;
        }

        string? near = EditDistance.Nearest(name, draft.VirtualServerGroups.Select(group => group.Value.Name));
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownVirtualGroup, place, name) with
        {
            Label = near is null ? null : $"did you mean `{near}`?",
            Hint = $"add `virtual_server_group {name} {{ ... }}` with its addresses",
        });
    }
}
