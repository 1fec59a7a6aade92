using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for a checker, and what it takes from the blocks around it.</summary>
internal static class CheckerRules
{
    /// <summary>Complains of what the checker lacks.</summary>
    public static T Check<T>(Bound<T> bound, DiagnosticSink sink)
        where T : CheckerConfig
    {
        if (bound.Value is MiscCheckConfig && !bound.Has("misc_path"))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, bound.Owner.Keyword.Text, "misc_path") with
            {
                Hint = "add `misc_path \"/path/of/the/program\"`",
            });
        }

        if (bound.Value is UdpCheckConfig { MaxReplyLength: { } most } udp && most < udp.MinReplyLength)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.ReplyLengthsCross, bound.PlaceOf("max_reply_length"), most, udp.MinReplyLength) with
            {
                Related = new RelatedPlace(bound.PlaceOf("min_reply_length"), "no answer can be so short and so long"),
            });
        }

        if (bound.Value is FileCheckConfig && !bound.Has("track_file"))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, bound.Owner.Keyword.Text, "track_file") with
            {
                Hint = "add `track_file NAME`, the name of a `track_file` block",
            });
        }

        if (bound.Value is HttpCheckConfig { Urls.IsEmpty: true } && !bound.Has("url"))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, bound.Owner.Keyword.Text, "url") with
            {
                Hint = "add `url { path / }`",
            });
        }

        return bound.Value;
    }

    /// <summary>keepalived hands times down from the virtual server to its real servers, and from those to their checkers.</summary>
    public static CheckerConfig Complete(
        CheckerConfig check, RealServerConfig server, VirtualServerConfig owner, GlobalDefinitions global)
    {
        // It looks at a file of this node, in its own time.
        if (check is FileCheckConfig)
        {
            return check;
        }

        CheckTimes times = check.Times.Or(server.Times).Or(owner.Times);
        TimeSpan delayLoop = times.DelayLoop ?? owner.DelayLoop;
        return check with
        {
            ConnectTimeout = check is MiscCheckConfig ? check.ConnectTimeout : times.ConnectTimeout ?? check.ConnectTimeout,
            Retry = times.Retry ?? check.RetryByDefault,
            DelayBeforeRetry = times.DelayBeforeRetry ?? check.DelayBeforeRetryByDefault ?? delayLoop,
            DelayLoop = times.DelayLoop,
            Warmup = times.Warmup,
            Alpha = times.Alpha ?? false,
            LogAllFailures = check.LogAllFailures || global.CheckerLogAllFailures,
        };
    }
}
