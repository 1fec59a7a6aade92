using Pointsman.App.Genhash;
using Pointsman.App.Ipvsadm;

namespace Pointsman.App.Names;

/// <summary>The tools this program stands in for, each with its own command line.</summary>
internal static class Personalities
{
    private static readonly Dictionary<string, Func<string[], int>> ByName = new(StringComparer.Ordinal)
    {
        ["genhash"] = GenhashProgram.Run,
        ["ipvsadm"] = IpvsadmProgram.Run,
        ["keepalived"] = KeepalivedProgram.Run,
    };

    internal static Func<string[], int>? Find(string name) => ByName.GetValueOrDefault(name);
}
