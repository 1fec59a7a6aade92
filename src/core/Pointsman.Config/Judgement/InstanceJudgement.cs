using System.Globalization;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>What is remarked on the virtual routers of one node.</summary>
internal static class InstanceJudgement
{
    /// <summary>Slower than this, a takeover surprises whoever knows the default of one second.</summary>
    private static readonly TimeSpan UsualAdvertInterval = TimeSpan.FromSeconds(1);

    public static void Judge(Configuration configuration, DiagnosticSink sink)
    {
        foreach (VrrpInstanceConfig instance in configuration.Instances.Where(instance => instance.Nopreempt))
        {
            foreach (Tracker tracker in Tracker.MovingPriority(configuration, instance))
            {
                sink.Add(DiagnosticSink.Make(
                    JudgementCatalogue.WeightUnderNopreempt, tracker.Source, tracker.Name, instance.Name) with
                {
                    Label = "a weight makes the master weaker, and this node leaves a weaker master alone",
                    Related = new RelatedPlace(instance.Source, "has `nopreempt`"),
                });
            }
        }

        NoticeSlowTakeover(configuration, sink);
    }

    // RFC 3768 §6.1: Master_Down_Interval = 3 * Advertisement_Interval + (256 - Priority) / 256 seconds.
    private static TimeSpan MasterDown(VrrpInstanceConfig instance) =>
        (3 * instance.AdvertInterval) + (TimeSpan.FromSeconds(1) * (256 - instance.Priority) / 256);

    private static void NoticeSlowTakeover(Configuration configuration, DiagnosticSink sink)
    {
        var groups = configuration.Instances
            .Where(instance => instance.AdvertInterval > UsualAdvertInterval)
            .GroupBy(instance => (instance.AdvertInterval, instance.Priority));
        foreach (var group in groups)
        {
            VrrpInstanceConfig first = group.First();
            sink.Add(DiagnosticSink.Make(
                JudgementCatalogue.SlowTakeover, first.Source, first.Name, Wording.Seconds(MasterDown(first))) with
            {
                Label = string.Create(
                    CultureInfo.InvariantCulture,
                    $"3 x `advert_int` {Wording.Seconds(first.AdvertInterval)} + (256 - `priority` {first.Priority}) / 256 s"),
                Hint = Wording.WithOthers(
                    "`advert_int 1`, on every node, makes it less than 4 s",
                    [.. group.Skip(1).Select(instance => $"`{instance.Name}`")]),
            });
        }
    }
}
