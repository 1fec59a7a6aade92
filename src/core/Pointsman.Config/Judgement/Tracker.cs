using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>A tracked script or interface with the weight it moves a priority by.</summary>
internal sealed record Tracker(string Name, int Weight, SourceSpan Source)
{
    private const byte OwnerPriority = 255;

    /// <summary>
    /// Those of an instance that can move its priority. A weight of 0 is a fault instead; members of a group and the
    /// owner of the addresses keep their priority, which has its own complaint.
    /// </summary>
    public static IEnumerable<Tracker> MovingPriority(Configuration configuration, VrrpInstanceConfig instance)
    {
        bool isFixed = instance.Priority == OwnerPriority
            || configuration.SyncGroups.Any(group => !group.TrackingWeight && group.Members.Contains(instance.Name));
        return isFixed ? [] : All(configuration, instance).Where(tracker => tracker.Weight != 0);
    }

    private static IEnumerable<Tracker> All(Configuration configuration, VrrpInstanceConfig instance) =>
        instance.TrackScripts
            .Select(track => new Tracker(track.Name, track.Weight ?? WeightOf(configuration, track.Name), track.Source))
            .Concat(instance.TrackInterfaces.Select(track => new Tracker(track.Name, track.Weight, track.Source)));

    private static int WeightOf(Configuration configuration, string script) =>
        configuration.Scripts.FirstOrDefault(candidate => candidate.Name == script)?.Weight ?? 0;
}
