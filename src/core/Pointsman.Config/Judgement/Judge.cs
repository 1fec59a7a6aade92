using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>Remarks on configurations that can be used. One with errors is not judged: it does not say what was meant.</summary>
public static class Judge
{
    /// <summary>The result with the remarks on this one node among its diagnostics.</summary>
    public static ConfigResult Node(ConfigResult result)
    {
        if (result.Configuration is not { } configuration)
        {
            return result;
        }

        var sink = new DiagnosticSink(FileOf(result));
        CheckTiming.Judge(configuration, sink);
        ServerJudgement.Judge(configuration, sink);
        InstanceJudgement.Judge(configuration, sink);
        MailJudgement.Judge(configuration, result.Places, sink);
        return Merge(result, sink);
    }

    /// <summary>The result with the remarks on it and the machine it is for among its diagnostics.</summary>
    public static ConfigResult Host(ConfigResult result, IHost host)
    {
        if (result.Configuration is not { } configuration)
        {
            return result;
        }

        var sink = new DiagnosticSink(FileOf(result));
        HostJudgement.Judge(configuration, host, sink);
        MailJudgement.JudgeHost(configuration.Global.Mail, result.Places, host, sink);
        return Merge(result, sink);
    }

    /// <summary>The result with the remarks on scripts that this machine cannot or should not run among its diagnostics.</summary>
    public static ConfigResult Scripts(ConfigResult result, IHost host)
    {
        if (result.Configuration is not { } configuration)
        {
            return result;
        }

        var sink = new DiagnosticSink(FileOf(result));
        HostJudgement.NoticeScripts(configuration, host, sink);
        return Merge(result, sink);
    }

    /// <summary>
    /// The remarks on files as the nodes of one cluster, with all their texts; the order of the files is kept. Those with
    /// errors are left out. The result has no configuration of its own.
    /// </summary>
    public static ConfigResult Cluster(params ReadOnlySpan<ConfigResult> results)
    {
        var nodes = new List<JudgedNode>();
        var sources = ImmutableArray.CreateBuilder<SourceText>();
        foreach (ConfigResult result in results)
        {
            if (result.Configuration is { } configuration)
            {
                nodes.Add(new JudgedNode(FileOf(result), configuration, result.Places));
                sources.AddRange(result.Sources);
            }
        }

        var sink = new DiagnosticSink(nodes.Count == 0 ? "" : nodes[0].File);
        ClusterJudgement.Judge(nodes, sink);
        SettingPlaces[] places = [.. nodes.Select(node => node.Places)];
        return new ConfigResult(null, [.. sink.InOrder().Select(diagnostic => SettingAtIssue.Point(diagnostic, places))], sources.ToImmutable());
    }

    internal static ConfigResult Merge(ConfigResult result, DiagnosticSink sink)
    {
        Dictionary<string, int> fileOrder = result.Sources.Select(source => source.FileName).Index().ToDictionary(file => file.Item, file => file.Index);
        return result with
        {
            Diagnostics =
            [
                .. result.Diagnostics.Concat(sink.InOrder().Select(diagnostic => SettingAtIssue.Point(diagnostic, [result.Places])))
                    .OrderBy(diagnostic => fileOrder.GetValueOrDefault(diagnostic.Span.File))
                    .ThenBy(diagnostic => diagnostic.Span.Line)
                    .ThenBy(diagnostic => diagnostic.Span.Column),
            ],
        };
    }

    internal static string FileOf(ConfigResult result) => result.Sources.IsEmpty ? "" : result.Sources[0].FileName;
}
