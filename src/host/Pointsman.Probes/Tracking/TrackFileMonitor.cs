using System.Globalization;

namespace Pointsman.Probes.Tracking;

/* Reads one file's number whenever the kernel tells of a change in its folder, and every second besides: the folder may
   be missing, or be made anew under the same name. */

/// <summary>Watches the number in a file. A file that is missing, or holds no number, has 0.</summary>
public sealed class TrackFileMonitor : IAsyncDisposable
{
    private const int LimitBytes = 128;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly TrackedFile _file;
    private readonly Action<string, int> _post;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Task _running;
    private FileSystemWatcher? _watcher;
    private int? _told;
    private bool _hasComplained;

    /// <param name="post">Gets the file's name in the configuration and its number; on a pool thread, must not block.</param>
    /// <param name="log">A line for the operator.</param>
    public TrackFileMonitor(TrackedFile file, Action<string, int> post, Action<string> log)
    {
        _file = file;
        _post = post;
        _log = log;
        Initialize();
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _watcher?.Dispose();
        _changed.Dispose();
        _stop.Dispose();
    }

    private void Initialize()
    {
        if (_file.InitialNumber is not { } number || (File.Exists(_file.Path) && !_file.Overwrites))
        {
            return;
        }

        try
        {
            File.WriteAllText(_file.Path, string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _log($"track_file {_file.Name}: {_file.Path} cannot be made: {refused.Message}");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                TryLook();
                await _changed.WaitAsync(LookAgain, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void TryLook()
    {
        try
        {
            Watch();
            Read();
        }
#pragma warning disable CA1031 // Whatever one look dies of, the next one is due in a second.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            Complain($"cannot be looked at ({unexpected.GetType().Name}: {unexpected.Message})");
        }
    }

    private void Watch()
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(_file.Path));
        if (_watcher is not null || !Directory.Exists(folder))
        {
            return;
        }

        try
        {
            _watcher = new FileSystemWatcher(folder, Path.GetFileName(_file.Path));
            _watcher.Changed += (_, _) => Wake();
            _watcher.Created += (_, _) => Wake();
            _watcher.Deleted += (_, _) => Wake();
            _watcher.Renamed += (_, _) => Wake();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception cannot) when (cannot is IOException or ArgumentException)
        {
            // No inotify watch is to be had, or the folder has just gone: once a second must do.
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (ObjectDisposedException)
        {
            // The monitor has ended.
        }
    }

    private void Read()
    {
        int number = ReadNumber();
        if (number != _told)
        {
            _post(_file.Name, number);
            _told = number;
        }
    }

    private int ReadNumber()
    {
        try
        {
            using FileStream stream = File.OpenRead(_file.Path);
            Span<byte> bytes = stackalloc byte[LimitBytes];
            int count = stream.ReadAtLeast(bytes, LimitBytes, throwOnEndOfStream: false);
            string text = System.Text.Encoding.UTF8.GetString(bytes[..count]).Trim();
            int number = 0;
            if (text.Length > 0 && !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                Complain($"holds no whole number: '{(text.Length > 20 ? text[..20] + "..." : text)}'; it counts as 0");
                return 0;
            }

            _hasComplained = false;
            return number;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Complain($"cannot be read: {refused.Message}; it counts as 0");
            return 0;
        }
    }

    private void Complain(string what)
    {
        if (!_hasComplained)
        {
            _hasComplained = true;
            _log($"track_file {_file.Name}: {_file.Path} {what}");
        }
    }
}
