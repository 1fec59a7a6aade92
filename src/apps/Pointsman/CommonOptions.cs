using System.CommandLine;
using Pointsman.App.Run;

namespace Pointsman.App;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    internal static Option<string> RunDirectory() => new("--run-dir")
    {
        Description = "Where the daemon keeps its socket and lock files.",
        HelpName = "DIR",
        DefaultValueFactory = _ => RunPaths.Default.RunDirectory,
    };

    internal static Option<string> PinDirectory() => new("--bpf-dir")
    {
        Description = "Where the data path is pinned, on a bpf filesystem.",
        HelpName = "DIR",
        DefaultValueFactory = _ => RunPaths.Default.PinDirectory,
    };

    internal static Option<string?> ConfigId() => new("--config-id", "-i")
    {
        Description = "The name that lines beginning with @ ask for; by default the host's, up to the first dot.",
        HelpName = "ID",
    };

    internal static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
