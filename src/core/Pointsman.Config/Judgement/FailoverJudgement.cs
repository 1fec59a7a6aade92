using System.Globalization;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>
/// Whether a tracker that fails on the master makes it weaker than a standby. A backup takes over only from a master
/// whose priority is below its own; an equal one is left alone (RFC 3768 §6.4.2).
/// </summary>
internal static class FailoverJudgement
{
    private const int LowestPriority = 1;
    private const int HighestPriority = 254;

    public static void Judge(List<RouterMember> members, DiagnosticSink sink)
    {
        List<RouterMember> byRank = [.. members.OrderByDescending(Healthy)];
        if (byRank.Count < 2 || Healthy(byRank[0]) == Healthy(byRank[1]))
        {
            // Who is master among equals is not known from the files.
            return;
        }

        RouterMember master = byRank[0];
        RouterMember standby = byRank[1];
        foreach (Tracker tracker in Trackers(master))
        {
            int weakened = Clamp(Sum(master) - Math.Abs(tracker.Weight));
            if (weakened >= Healthy(standby))
            {
                Tell(tracker, master, standby, weakened, sink);
            }
        }
    }

    private static List<Tracker> Trackers(RouterMember member) =>
        [.. Tracker.MovingPriority(member.Node.Configuration, member.Instance)];

    // With all trackers up: a positive weight is added while its tracker is up, a negative one while it is down.
    private static int Sum(RouterMember member) =>
        member.Instance.Priority + Trackers(member).Where(tracker => tracker.Weight > 0).Sum(tracker => tracker.Weight);

    private static int Healthy(RouterMember member) =>
        Trackers(member).Count == 0 ? member.Instance.Priority : Clamp(Sum(member));

    private static int Clamp(int priority) => Math.Clamp(priority, LowestPriority, HighestPriority);

    private static void Tell(Tracker tracker, RouterMember master, RouterMember standby, int weakened, DiagnosticSink sink)
    {
        int rank = Healthy(standby);
        sink.Add(DiagnosticSink.Make(
            JudgementCatalogue.WeightTooSmall, tracker.Source, tracker.Name, master.Instance.Name) with
        {
            Label = string.Create(
                CultureInfo.InvariantCulture,
                $"the master goes from {Healthy(master)} to {weakened}, {(weakened == rank ? "equal to" : "still above")} the standby's {rank}"),
            Hint = Remedy(tracker, standby, weakened - rank + 1),
            Related = new RelatedPlace(
                standby.Instance.Source, string.Create(CultureInfo.InvariantCulture, $"its priority is {rank}")),
        });
    }

    // A positive weight helps by what the standby has and the master has not: the standby must track the same.
    private static string Remedy(Tracker tracker, RouterMember standby, int missing)
    {
        bool isOnBoth = Trackers(standby).Any(other => other.Name == tracker.Name && other.Weight > 0);
        if (tracker.Weight > 0 && !isOnBoth)
        {
            return $"track `{tracker.Name}` on every node; or type `weight 0`: its failure is then a fault";
        }

        int weight = tracker.Weight > 0 ? tracker.Weight + missing : tracker.Weight - missing;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"type `weight {weight}` on every node, or `weight 0`: its failure is then a fault");
    }
}
