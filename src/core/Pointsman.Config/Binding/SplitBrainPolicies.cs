using System.Diagnostics;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>The words of <c>#pointsman: split_brain</c>.</summary>
internal static class SplitBrainPolicies
{
    public static SplitBrainPolicy Of(string word) => word switch
    {
        "announce" => SplitBrainPolicy.Announce,
        "yield" => SplitBrainPolicy.Yield,
        "hold" => SplitBrainPolicy.Hold,
        _ => throw new UnreachableException("the words of a choice are checked"),
    };
}
