using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Pointsman.App.Run;

/// <summary>
/// The files that scripts read process ids from. Under the name keepalived they stand where keepalived's do, unless several
/// daemons share this host or the command line names others. A daemon does not start without them; one that serves goes on.
/// </summary>
internal sealed class ProcessIdFiles(RunOptions options, ILogger log) : IDisposable
{
    /// <summary>Whatever the umask: who watches over processes is seldom root.</summary>
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly Dictionary<string, int> _written = new(StringComparer.Ordinal);

    /// <summary>That of this process; it checks servers, too.</summary>
    internal void Begin()
    {
        Write(options.PidFile ?? Usual("keepalived.pid"), Environment.ProcessId);
        if (options.Checkers)
        {
            Write(options.CheckersPidFile ?? Usual("keepalived_checkers.pid"), Environment.ProcessId);
        }
    }

    internal void OnVrrpProcess(int? processId) => TryWrite(options.VrrpPidFile ?? Usual("keepalived_vrrp.pid"), processId);

    internal void OnBfdProcess(int? processId) => TryWrite(options.BfdPidFile ?? Usual("keepalived_bfd.pid"), processId);

    /// <summary>Those that still say what was written are removed: another daemon may have taken the place.</summary>
    public void Dispose()
    {
        foreach (string path in _written.Keys.ToList())
        {
            TryWrite(path, null);
        }
    }

    private string? Usual(string name) =>
        options.ProgramName == "keepalived" && options.Paths == RunPaths.Default ? $"/run/{name}" : null;

    private void TryWrite(string? path, int? processId)
    {
        try
        {
            Write(path, processId);
        }
        catch (Exception known) when (known is IOException or UnauthorizedAccessException)
        {
            Log.Warning(log, $"Process id file {path} cannot be written: {known.Message}");
        }
    }

    private void Write(string? path, int? processId)
    {
        if (path is null || (processId is null && !_written.ContainsKey(path)) || (processId is { } same && _written.GetValueOrDefault(path) == same))
        {
            return;
        }

        if (processId is not { } number)
        {
            Remove(path);
            return;
        }

        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
        File.SetUnixFileMode(path, ForAll);
        _written[path] = number;
    }

    private void Remove(string path)
    {
        string ours = _written[path].ToString(CultureInfo.InvariantCulture);
        _written.Remove(path);
        if (File.Exists(path) && File.ReadAllText(path).Trim() == ours)
        {
            File.Delete(path);
        }
    }
}
