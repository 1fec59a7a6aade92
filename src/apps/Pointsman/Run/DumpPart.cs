using Microsoft.Extensions.Logging;
using Pointsman.Config;
using Pointsman.Config.Effective;
using Pointsman.Config.Model;
using Pointsman.Linux.Processes;

namespace Pointsman.App.Run;

/// <summary>
/// What operators and exporters of figures ask keepalived for by a signal: the configuration in force (SIGUSR1) and what
/// the instances have counted (SIGUSR2), each in the file where keepalived writes it.
/// </summary>
internal sealed class DumpPart(VirtualRouterPart router, string folder, ILogger log)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForAll = Private | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private bool _wantsFigures;

    internal void WriteConfiguration(Configuration configuration) => Write(
        "keepalived.data", EffectiveText.Of(EffectiveModel.Of(configuration, SettingPlaces.None), ""));

    /// <summary>The figures are the VRRP process's: they are asked for.</summary>
    internal void AskForFigures()
    {
        if (!router.IsRunning)
        {
            Write("keepalived.stats", "");
            return;
        }

        _wantsFigures = true;
        router.RequestSnapshot();
    }

    internal void OnSnapshot()
    {
        if (_wantsFigures && router.Snapshot is { } snapshot)
        {
            _wantsFigures = false;
            Write("keepalived.stats", StatisticsText.Of(snapshot.Instances));
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // What could not be written is often what cannot be removed; that was told.
        }
    }

    // Everybody may write to that folder: what another has put in the place is not followed, and not written to.
    private void Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        string fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write,
                UnixCreateMode = ProcessControl.ModeOf(Private, ForAll),
            };
            using (var writer = new StreamWriter(fresh, options))
            {
                writer.Write(text);
            }

            File.Move(fresh, path, overwrite: true);
            Log.Line(log, $"wrote {path}");
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            Log.Warning(log, $"cannot write {path}: {cannot.Message}");
            Remove(fresh);
        }
    }
}
