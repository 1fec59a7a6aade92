using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// <c>promote_secondaries</c>: when the first address of a network goes, the kernel takes the others with it, unless it is
/// told to let one of them take its place. Set while an instance that asks for it runs on the interface.
/// </summary>
internal sealed class SecondaryPromotion
{
    private const string On = "1";

    private readonly HashSet<string> _wanted;
    private readonly Dictionary<string, string> _before = [];

    internal SecondaryPromotion(VirtualRouterSettings settings)
    {
        IEnumerable<string> names = settings.Router.Instances
            .Where(instance => instance.PromotesSecondaries)
            .Select(instance => instance.Interface);
        _wanted = [.. names];
    }

    /// <summary>The interface has come, or has come again.</summary>
    /// <returns>Why it cannot be set, or null.</returns>
    internal string? Apply(string interfaceName)
    {
        if (!_wanted.Contains(interfaceName) || Sysctl.TryRead(NameOf(interfaceName)) is not { } before || before == On)
        {
            return null;
        }

        try
        {
            Sysctl.Write(NameOf(interfaceName), On);
            _before[interfaceName] = before;
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"promote_secondaries on {interfaceName}: {refused.Message}";
        }
    }

    /// <summary>Sets back what was found; an interface that is gone has nothing to be set back.</summary>
    internal void Restore()
    {
        foreach ((string interfaceName, string before) in _before)
        {
            if (Sysctl.TryRead(NameOf(interfaceName)) == On)
            {
                Sysctl.Write(NameOf(interfaceName), before);
            }
        }
    }

    private static string NameOf(string interfaceName) => $"net/ipv4/conf/{interfaceName}/promote_secondaries";
}
