using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>The interfaces whose drivers are asked whether their links carry.</summary>
public static class LinkBeats
{
    /// <summary>Each once, in the order of their names; one that is named in <c>linkbeat_interfaces</c> is asked as it says there.</summary>
    public static ImmutableArray<(string Interface, LinkBeatMethod Method)> Of(Configuration configuration)
    {
        var asked = new SortedDictionary<string, LinkBeatMethod>(StringComparer.Ordinal);
        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            if (configuration.PollsAllLinks || instance.PollsLink)
            {
                asked[instance.Interface] = LinkBeatMethod.Any;
            }
        }

        IEnumerable<TrackedInterfaceConfig> tracked = configuration.Instances.SelectMany(instance => instance.TrackInterfaces)
            .Concat(configuration.SyncGroups.SelectMany(group => group.Tracked.Interfaces));
        foreach (TrackedInterfaceConfig link in tracked.Where(_ => configuration.PollsAllLinks))
        {
            asked[link.Name] = LinkBeatMethod.Any;
        }

        foreach (LinkBeatConfig link in configuration.LinkBeats)
        {
            asked[link.Interface] = link.Method;
        }

        return [.. asked.Select(link => (link.Key, link.Value))];
    }
}
