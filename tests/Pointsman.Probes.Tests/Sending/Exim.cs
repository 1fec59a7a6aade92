using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Pointsman.Probes.Tests.Sending;

/// <summary>Debian's exim4 on the loopback, with a port for each kind of encryption; what it takes is in files.</summary>
internal sealed class Exim : IDisposable
{
    private const string Program = "/usr/sbin/exim4";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("pm-exim").FullName;
    private readonly Process _process;

    internal Exim()
    {
        Assert.SkipUnless(File.Exists(Program), "exim4 is not installed (scripts/install-needs lab)");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "exim4 takes a configuration file from root only");
        using X509Certificate2 certificate = MailSink.CertificateFor("mail.example");
        File.WriteAllText(Authorities, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(_folder, "exim.conf"), Configuration());
        Run("chown", "-R", "Debian-exim", _folder);
        Run("chown", "root", Path.Combine(_folder, "exim.conf"));
        _process = Process.Start(new ProcessStartInfo(Program, ["-C", Path.Combine(_folder, "exim.conf"), "-bdf"]) { RedirectStandardError = true })!;
        var waited = Stopwatch.StartNew();
        while (!Answers(PlainPort) || !Answers(TlsPort) || !Answers(LoginPort))
        {
            if (_process.HasExited || waited.Elapsed > StartLimit)
            {
                string said = _process.HasExited ? _process.StandardError.ReadToEnd() : "it does not listen";
                Dispose();
                throw new InvalidOperationException($"exim4: {said}");
            }

            Thread.Sleep(20);
        }
    }

    internal ushort PlainPort { get; } = FreePort();

    /// <summary>STARTTLS, and nothing without the login <c>lb1</c>, <c>secret</c>.</summary>
    internal ushort LoginPort { get; } = FreePort();

    /// <summary>TLS from the first byte, with the same login.</summary>
    internal ushort TlsPort { get; } = FreePort();

    internal string Authorities => Path.Combine(_folder, "cert.pem");

    internal string PasswordFile
    {
        get
        {
            string path = Path.Combine(_folder, "password");
            File.WriteAllText(path, "secret\n");
            return path;
        }
    }

    /// <summary>What it has delivered by now.</summary>
    internal string[] Delivered => Directory.Exists($"{_folder}/box/new")
        ? [.. Directory.GetFiles($"{_folder}/box/new").Order().Select(File.ReadAllText)]
        : [];

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool Answers(ushort port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string Configuration() => """
        primary_hostname = mail.example
        log_file_path = FOLDER/%slog
        spool_directory = FOLDER
        pid_file_path = FOLDER/pid
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = PLAIN_PORT : LOGIN_PORT : TLS_PORT
        tls_on_connect_ports = TLS_PORT
        tls_advertise_hosts = *
        tls_certificate = FOLDER/cert.pem
        tls_privatekey = FOLDER/key.pem
        keep_environment =
        never_users =
        acl_smtp_mail = accept
        acl_smtp_rcpt = rcpt
        acl_smtp_data = accept
        begin acl
        rcpt:
          defer domains = grey.example
                message = come back
          deny  domains = nowhere.example
          accept condition = ${if eq{$received_port}{PLAIN_PORT}{yes}{no}}
          accept authenticated = *
          deny  message = log in first
        begin routers
        all:
          driver = accept
          transport = box
        begin transports
        box:
          driver = appendfile
          maildir_format
          directory = FOLDER/box
          user = Debian-exim
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = ${if and{{eq{$auth2}{lb1}}{eq{$auth3}{secret}}}}
          server_set_id = $auth2

        """
        .Replace("FOLDER", _folder, StringComparison.Ordinal)
        .Replace("PLAIN_PORT", PlainPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("LOGIN_PORT", LoginPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("TLS_PORT", TlsPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
