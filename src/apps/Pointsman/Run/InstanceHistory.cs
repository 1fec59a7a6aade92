using Pointsman.VirtualRouter.Messages;

namespace Pointsman.App.Run;

/// <summary>Why each instance is where it is: what its last change said of itself.</summary>
internal sealed class InstanceHistory
{
    private readonly Dictionary<string, string> _last = [];

    // The log line ends with the reason in parentheses.
    internal void OnStateChanged(RoleEvent.StateChanged changed)
    {
        int at = changed.Text.IndexOf("STATE (", StringComparison.Ordinal);
        _last[changed.Instance] = at < 0 ? changed.Text : changed.Text[(at + "STATE (".Length)..].TrimEnd(')');
    }

    internal string Reason(string instance) => _last.GetValueOrDefault(instance, "");
}
