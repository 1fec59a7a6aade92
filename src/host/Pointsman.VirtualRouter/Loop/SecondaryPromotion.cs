using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// <c>promote_secondaries</c>: when the first address of a network goes, the kernel takes the others with it, unless it is
/// told to let one of them take its place. Set while an instance that asks for it runs on the interface, and set back as
/// everything else in <see cref="HostChanges"/>.
/// </summary>
internal sealed class SecondaryPromotion(VirtualRouterSettings settings, HostChanges changes)
{
    private readonly HashSet<string> _wanted =
    [
        .. settings.Router.Instances
            .Where(instance => instance.PromotesSecondaries)
            .Select(instance => $"net/ipv4/conf/{instance.Interface}/promote_secondaries"),
    ];

    /// <summary>The interface has come, or has come again.</summary>
    /// <returns>Why it cannot be set, or null.</returns>
    internal string? Apply(string interfaceName)
    {
        string setting = $"net/ipv4/conf/{interfaceName}/promote_secondaries";
        if (!_wanted.Contains(setting))
        {
            return null;
        }

        try
        {
            changes.Set(setting, "1");
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"promote_secondaries on {interfaceName}: {refused.Message}";
        }
    }

    internal bool Wants(string setting) => _wanted.Contains(setting);
}
