using Microsoft.Extensions.Logging;
using Pointsman.Config;
using Pointsman.Config.Model;

namespace Pointsman.App.Run;

/// <summary>What the operator wrote: the configuration that runs, and how another takes its place.</summary>
internal sealed class ConfigurationPart
{
    private readonly RunOptions _options;
    private readonly ILogger _log;

    internal ConfigurationPart(RunOptions options, Configuration configuration, ILogger log)
    {
        _options = options;
        _log = log;
        Current = Restrict(configuration);
    }

    /// <summary>The file's, less what the command line has switched off.</summary>
    internal Configuration Current { get; private set; }

    /// <summary>Reads the file aside and, if it is sound, has it applied whole.</summary>
    /// <param name="apply">Null when done; else why nothing was.</param>
    internal void Reload(Func<Configuration, string?> apply)
    {
        Log.Reloading(_log);
        ConfigResult? read = ConfigFile.Read(_options, out string? error);
        if (read?.Configuration is null)
        {
            foreach (Diagnostic diagnostic in read?.Diagnostics ?? [])
            {
                Log.Warning(_log, DiagnosticRenderer.OneLine(diagnostic));
            }

            Log.ReloadRefused(_log, error ?? $"{_options.ConfigFile} has errors");
            return;
        }

        Configuration next = Restrict(read.Configuration);
        if (apply(next) is { } why)
        {
            Log.ReloadRefused(_log, why);
            return;
        }

        Current = next;
        Log.ReloadComplete(_log);
    }

    private Configuration Restrict(Configuration configuration) => configuration with
    {
        Instances = _options.Vrrp ? configuration.Instances : [],
        SyncGroups = _options.Vrrp ? configuration.SyncGroups : [],
        VirtualServers = _options.Checkers ? configuration.VirtualServers : [],
    };
}
