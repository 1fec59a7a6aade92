using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>Why each instance is where it is: what its last change said of itself.</summary>
internal sealed class InstanceHistory
{
    private readonly Dictionary<string, string> _last = [];
    private readonly Dictionary<string, VrrpState> _states = [];

    // The log line ends with the reason in parentheses.
    internal void OnStateChanged(RoleEvent.StateChanged changed)
    {
        _states[changed.Instance] = changed.To;
        int at = changed.Text.IndexOf("STATE (", StringComparison.Ordinal);
        _last[changed.Instance] = at < 0 ? changed.Text : changed.Text[(at + "STATE (".Length)..].TrimEnd(')');
    }

    /// <summary>Null before the role told any.</summary>
    internal VrrpState? State(string instance) => _states.TryGetValue(instance, out VrrpState state) ? state : null;

    internal string Reason(string instance) => _last.GetValueOrDefault(instance, "");
}
