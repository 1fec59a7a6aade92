namespace Pointsman.Config.Model;

/// <summary><c>garp_extra_if</c>: announcements where no advert leaves.</summary>
/// <param name="All">On all such interfaces, not only those with a virtual MAC address.</param>
public sealed record GarpExtraConfig(TimeSpan Interval, bool All);
