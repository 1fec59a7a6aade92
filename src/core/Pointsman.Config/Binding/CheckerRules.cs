using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for a checker, and what it takes from the blocks around it.</summary>
internal static class CheckerRules
{
    /// <summary>Complains of what the client lacks.</summary>
    public static TlsClientConfig Check(Bound<TlsClientConfig> bound, DiagnosticSink sink)
    {
        if (!bound.Has("certificate"))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, "SSL", "certificate") with
            {
                Hint = "add `certificate /path/of/the/client.pem`",
            });
        }

        return bound.Value;
    }

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

        if (bound.Value is BfdCheckConfig && !bound.Has("name"))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, bound.Owner.Keyword.Text, "name") with
            {
                Hint = "add `name NAME`, the name of a `bfd_instance` block",
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
        CheckTimes times = check.Times.Or(server.Times).Or(owner.Times);
        if (!check.IsTimed)
        {
            // It follows something that is watched at another place.
            return check is BfdCheckConfig ? check with { Alpha = times.Alpha ?? false } : check;
        }

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
