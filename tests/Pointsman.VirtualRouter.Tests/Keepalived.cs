using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Linux.Processes;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>A real keepalived in a machine, with the other half of a <see cref="Node"/>'s configuration.</summary>
internal sealed class Keepalived : IDisposable
{
    private const string Program = "/usr/sbin/keepalived";

    private readonly string _directory = Directory.CreateTempSubdirectory("linux-vr-ka-").FullName;
    private readonly StringBuilder _log = new();
    private readonly string _machine;
    private readonly Process _process;

    internal Keepalived(string machine, int priority, string password = "1111")
        : this(machine, Instance("VI_1", 51, priority, $$"""
            advert_int 1
            authentication {
                auth_type PASS
                auth_pass {{password}}
            }
            """, Network.Vip))
    {
    }

    /// <param name="program">Another one that answers to the same name.</param>
    /// <param name="options">Beside the usual ones.</param>
    internal Keepalived(string machine, string text, string program = Program, params string[] options)
        : this(machine, text, program, ["-P"], options)
    {
    }

    private Keepalived(string machine, string text, string program, string[] parts, string[] options)
    {
        _machine = machine;
        Write(text);
        _process = Process.Start(new ProcessStartInfo("ip",
        [
            "netns", "exec", machine, program, .. parts, "-n", "-l", "-D",
            "-f", Path.Combine(_directory, "keepalived.conf"), "-p", PidFile, "-r", VrrpPidFile, .. options,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        })!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>With all its parts, not VRRP alone.</summary>
    internal static Keepalived Whole(string machine, string text, string program, params string[] options) => new(machine, text, program, [], options);

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    internal string Machine => _machine;

    /// <summary>Its working directory.</summary>
    internal string Folder => _directory;

    internal string PidFile => Path.Combine(_directory, "pid");

    internal string VrrpPidFile => Path.Combine(_directory, "vrrp.pid");

    internal int ProcessId => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>Our program under keepalived's name.</summary>
    internal static string Ours
    {
        get
        {
            string? program = Environment.GetEnvironmentVariable("POINTSMAN_PROGRAM");
            Assert.SkipWhen(program is null, "POINTSMAN_PROGRAM does not name the built program; ./test sets it");
            return Path.Combine(Path.GetDirectoryName(program)!, "keepalived");
        }
    }

    internal static string Real => Program;

    internal bool HasVip => Network.HasVip(_machine);

    internal bool Has(string address) => Network.HasVip(_machine, address);

    internal static string Instance(string name, int virtualRouterId, int priority, string lines, params string[] addresses) => $$"""
        vrrp_instance {{name}} {
            state BACKUP
            interface eth0
            virtual_router_id {{virtualRouterId}}
            priority {{priority}}
            {{lines}}
            virtual_ipaddress {
                {{string.Join('\n', addresses)}}
            }
        }

        """;

    internal static void SkipUnlessInstalled() =>
        Assert.SkipUnless(File.Exists(Program), "keepalived is not installed");

    /// <summary>Waits until a line has been logged so many times.</summary>
    internal void Expect(string text, int times = 1) => Node.WaitUntil(
        () => Log.Split(text).Length > times, () => $"keepalived did not log \"{text}\" {times} times:\n{Log}");

    /// <summary>Reads another file.</summary>
    internal void Reload(string text)
    {
        Write(text);
        ProcessControl.TrySignal(_process.Id, Signal.Hangup);
    }

    internal void Stop()
    {
        ProcessControl.TrySignal(_process.Id, Signal.Terminate);
        Assert.True(_process.WaitForExit(Node.Patience), "keepalived does not stop:\n" + Log);
    }

    /// <summary>All of it at once: a parent that stands still starts no other child, and a child whose parent is gone says farewell.</summary>
    internal void Kill()
    {
        ProcessControl.TrySignal(_process.Id, Signal.Stop);
        string children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children");
        foreach (string child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            ProcessControl.TrySignal(int.Parse(child, CultureInfo.InvariantCulture), Signal.Kill);
        }

        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>It found fault with nothing we sent.</summary>
    /// <param name="collisions">
    /// Under auth_type AH a master's last advert and its successor's first may bear the same number, where the second was busy when
    /// the first came: so often that may be.
    /// </param>
    internal void AssertContent(int collisions = 0)
    {
        // That a backup lets a lower master's adverts pass is the protocol, and what it could not send itself is no word on ours.
        string log = string.Join('\n', Log.Split('\n').Where(line =>
            !line.Contains("received lower priority", StringComparison.Ordinal) && !line.Contains("send advert error", StringComparison.Ordinal)
            && !(IsCollision(line) && collisions-- > 0)));
        foreach (string complaint in new[]
        {
            "invalid", "bogus", "incorrect", "mismatch", "not present", "unexpected", "checksum", "dropped", "discard", "wrong",
        })
        {
            Assert.DoesNotContain(complaint, log, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static bool IsCollision(string line) =>
        line.Contains("already processed", StringComparison.Ordinal) || line.Contains("its sequence number was used before", StringComparison.Ordinal);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_directory, "keepalived.conf"), text);

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
