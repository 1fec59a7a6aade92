using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Pointsman.Base;
using Pointsman.Config.Judgement;
using Pointsman.Linux.Processes;
using Pointsman.Probes;

namespace Pointsman.App.Check;

/// <summary>The machine this program runs on, as it is now.</summary>
internal sealed class ThisHost : IHost
{
    // A first line longer than this is no interpreter's.
    private const int InterpreterLimitBytes = 256;

    private static readonly TimeSpan MailServerPatience = TimeSpan.FromSeconds(2);

    private readonly NetworkInterface[] _interfaces = NetworkInterface.GetAllNetworkInterfaces();

    public IReadOnlyCollection<string> Interfaces => [.. _interfaces.Select(link => link.Name)];

    public IReadOnlyCollection<IpAddress> Addresses =>
    [
        .. _interfaces
            .Where(link => link.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(address => IpAddress.FromBytes(address.Address.GetAddressBytes())),
    ];

    public string? WhyNotRunnable(string program, string? user, string? group)
    {
        if (ScriptFile.WhyNotRunnable(program) is { } obstacle)
        {
            return obstacle;
        }

        string path = ScriptFile.Find(program)!;
        return WhyClosed(path, user, group) ?? WhyNoInterpreter(path);
    }

    public string? WhoElseMayChange(string program) => ScriptSecurity.WhoElseMayChange(program);

    public string? WhyNoMailServer(string server, ushort port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Task connected = socket.ConnectAsync(server, port);
            return connected.Wait(MailServerPatience) ? null : $"no answer within {MailServerPatience.TotalSeconds} s";
        }
        catch (AggregateException cannot)
        {
            return cannot.GetBaseException().Message;
        }
    }

    public IReadOnlySet<(uint Mark, IpFamily Family)>? MarksThatAreSet() => FirewallMarks.OfThisHost();

    public string? WhyNoSecret(string path)
    {
        try
        {
            const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
            UnixFileMode mode = File.GetUnixFileMode(path);
            return (mode & Others) != 0 ? $"others may read or change it (mode {Convert.ToString((int)mode, 8)})"
                : File.ReadLines(path).FirstOrDefault() is { Length: > 0 } ? null
                : "its first line is empty";
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return cannot.Message;
        }
    }

    private static string? WhyClosed(string path, string? userName, string? groupName)
    {
        uint? groupId = null;
        if (groupName is not null && (groupId = UserAccount.FindGroup(groupName)) is null)
        {
            return $"there is no group '{groupName}' here";
        }

        UserAccount? user = userName is null ? UserAccount.Root : UserAccount.Find(userName, groupId);
        if (user is null)
        {
            return $"there is no user '{userName}' here";
        }

        string? closed = ScriptSecurity.Steps(path).FirstOrDefault(step => FileOwnership.TryRead(step)?.MayExecute(user) == false);
        return closed is null ? null
            : closed == path ? $"user '{userName}' may not run '{path}' ({ScriptSecurity.Describe(path)})"
            : $"user '{userName}' may not pass through '{closed}' ({ScriptSecurity.Describe(closed)})";
    }

    private static string? WhyNoInterpreter(string path)
    {
        string? interpreter = Interpreter(path);
        return interpreter is null || File.Exists(interpreter) ? null
            : interpreter.EndsWith('\r') ? $"the lines of '{path}' end as in Windows, so no '{interpreter.TrimEnd()}' is found"
            : $"the interpreter '{interpreter}' in the first line of '{path}' does not exist";
    }

    /// <summary>What stands after <c>#!</c>; null when the file begins otherwise, or cannot be read.</summary>
    private static string? Interpreter(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            var bytes = new byte[InterpreterLimitBytes];
            int lengthBytes = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            string text = Encoding.UTF8.GetString(bytes, 0, lengthBytes);
            return !text.StartsWith("#!", StringComparison.Ordinal) ? null
                : text[2..].Split('\n')[0].TrimStart(' ', '\t').Split(' ', '\t')[0];
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            // Whoever may not read it cannot say what is in it.
            return null;
        }
    }
}
