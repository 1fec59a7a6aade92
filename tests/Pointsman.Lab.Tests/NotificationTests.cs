using Pointsman.Lab.Machines;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Whom a director tells what: scripts of instances and groups, the pipe, mails. The same file goes through the same evening with
/// keepalived and with us, and what was told must be the same.
/// </summary>
public sealed class NotificationTests
{
    private const string File = "/etc/keepalived/keepalived.conf";

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(40);

    // Instances outside the group, in it, and one whose priority moves. Scripts say their own name and what they were told.
    private const string Text = """
        global_defs {
            router_id LAB
            script_user root
            notification_email {
                ops@example.net
            }
            notification_email_from lb1@example.net
            smtp_server 127.0.0.1 2525
            vrrp_notify_fifo /tmp/notify.pipe
            vrrp_notify_priority_changes true
        }
        vrrp_script chk {
            script "/usr/bin/test -e /tmp/notify.flag"
            interval 1
            weight 10
        }
        vrrp_sync_group G {
            group {
                VI_1
                VI_2
            }
            notify_master "/tmp/say group-master"
            notify_backup "/tmp/say group-backup"
            notify_fault "/tmp/say group-fault"
            notify_stop "/tmp/say group-stop"
            notify "/tmp/say group"
            smtp_alert
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 61
            priority 100
            virtual_ipaddress {
                192.168.1.211
            }
            notify "/tmp/say one"
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 62
            priority 100
            virtual_ipaddress {
                192.168.1.212
            }
        }
        vrrp_instance VI_3 {
            interface eth0
            virtual_router_id 63
            priority 90
            virtual_ipaddress {
                192.168.1.213
            }
            track_script {
                chk
            }
            notify_master "/tmp/say three-master"
            notify_backup "/tmp/say three-backup"
            notify_fault "/tmp/say three-fault"
            notify_stop "/tmp/say three-stop"
            notify "/tmp/say three"
            smtp_alert
        }

        """;

    [Fact]
    public void Scripts_Pipe_AndMails_AreKeepalivedsOwn()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/keepalived"), "keepalived is not installed");
        using TestLab test = TestLab.WithPointsman("classic");
        RunningLab lab = test.Lab;
        foreach (string node in (string[])["lb1", "lb2"])
        {
            lab.Services.Stop(node, LabService.Director);
        }

        Machine machine = lab.MachineOf("lb1");
        Write(machine, File, Text);
        Write(machine, "/tmp/say", "#!/bin/sh\necho \"$@\" >> /tmp/notify.said\n");
        machine.RunChecked(["chmod", "755", "/tmp/say"]);

        using var mails = new MailSink(machine);
        string theirs = Evening(
            machine,
            mails,
            () => machine.RunChecked(["/usr/sbin/keepalived", "-P", "-f", File, "-p", "/tmp/ka.pid", "-r", "/tmp/ka-vrrp.pid"]),
            () => machine.RunChecked(["sh", "-c", "pid=$(cat /tmp/ka.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.1; done"]));
        string ours = Evening(
            machine, mails, () => lab.Services.Start("lb1", LabService.Director), () => lab.Services.Stop("lb1", LabService.Director));

        Assert.Contains("three INSTANCE VI_3 MASTER 90", theirs, StringComparison.Ordinal);
        Assert.Contains("group GROUP G FAULT 0", theirs, StringComparison.Ordinal);
        Assert.Contains("INSTANCE \"VI_3\" MASTER_PRIORITY 100", theirs, StringComparison.Ordinal);
        Assert.Contains("Subject: [LAB] VRRP Instance VI_3 - Entering MASTER state", theirs, StringComparison.Ordinal);
        Assert.True(theirs == ours, $"keepalived told:\n{theirs}\n\nwe told:\n{ours}");
    }

    /// <summary>Master, another priority, link lost and back, the end: what was told in each act, sorted, for keepalived starts its scripts in no order.</summary>
    private static string Evening(Machine machine, MailSink mails, Action start, Action stop)
    {
        machine.RunChecked(["sh", "-c", "rm -f /tmp/notify.*; mkfifo /tmp/notify.pipe; : > /tmp/notify.said; : > /tmp/notify.read"]);
        machine.RunChecked(["setsid", "--fork", "sh", "-c", "exec cat <> /tmp/notify.pipe >> /tmp/notify.read 2>/dev/null"]);
        mails.Forget();
        var acts = new List<string>();
        void Act(string name, Action what, params string[] ends)
        {
            what();
            Poll.UntilOrThrow(
                StateLimit, $"{name}: {string.Join(", ", ends)}, of\n{Told(machine, mails)}",
                () => ends.All(end => Told(machine, mails).Contains(end, StringComparison.Ordinal)));

            // At the end keepalived leaves before its mails have.
            string told = Told(machine, mails);
            acts.Add($"{name}:\n{(name == "stop" ? told[..told.IndexOf("\nmails", StringComparison.Ordinal)] : told)}");
            machine.RunChecked(["sh", "-c", ": > /tmp/notify.said; : > /tmp/notify.read"]);
            mails.Forget();
        }

        Act("start", start, "three INSTANCE VI_3 MASTER 90", "group GROUP G MASTER 0", "one INSTANCE VI_1 MASTER", "Group G - Entering MASTER", "VI_3 - Entering MASTER", "three-master", "group-master");
        Act("priority", () => machine.RunChecked(["touch", "/tmp/notify.flag"]), "MASTER_PRIORITY 100");
        Act("link lost", () => machine.RunChecked(["ip", "link", "set", "eth0", "down"]), "three INSTANCE VI_3 FAULT", "three-fault", "group GROUP G FAULT 0", "group-fault", "VI_3 - Entering FAULT", "Group G - Entering FAULT", "\"G\" FAULT");
        Act("link back", () => machine.RunChecked(["ip", "link", "set", "eth0", "up"]), "three INSTANCE VI_3 MASTER 100", "group GROUP G MASTER 0", "one INSTANCE VI_1 MASTER", "Group G - Entering MASTER", "VI_3 - Entering MASTER", "three-master", "group-master");
        Act("stop", stop, "three INSTANCE VI_3 STOP 100", "three-stop", "group GROUP G STOP 0", "group-stop");
        machine.RunChecked(["sh", "-c", "for pid in $(pgrep -x cat); do readlink /proc/$pid/fd/* | grep -q /tmp/notify.pipe && kill $pid; done; true"]);
        return string.Join("\n\n", acts);
    }

    private static string Told(Machine machine, MailSink mails)
    {
        string[] scripts = Sorted(machine.RunChecked(["cat", "/tmp/notify.said"]));
        string[] pipe = Sorted(machine.RunChecked(["cat", "/tmp/notify.read"]));
        return string.Join('\n', (string[])["scripts", .. scripts, "pipe", .. pipe, "mails", .. mails.Subjects.Order(StringComparer.Ordinal)]);
    }

    private static string[] Sorted(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];

    private static void Write(Machine machine, string path, string text) => machine.RunChecked(["tee", path], input: text);

    /// <summary>A mail server of the machine that takes everything, and remembers the subjects.</summary>
    private sealed class MailSink : IDisposable
    {
        private const string Taken = "/tmp/mails";

        private readonly Machine _machine;

        internal MailSink(Machine machine)
        {
            _machine = machine;
            Write(machine, "/tmp/mail-sink", """
                #!/usr/bin/perl
                use IO::Socket::INET;
                $SIG{CHLD} = 'IGNORE';
                $| = 1;
                my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 2525, Listen => 20, ReuseAddr => 1) or die;
                while (my $client = $listener->accept) {
                    next if fork;
                    my ($data, $subject) = (0, '');
                    print $client "220 sink\r\n";
                    while (my $line = <$client>) {
                        $line =~ s/\r?\n$//;
                        if ($data) {
                            $subject = $line if $line =~ /^Subject:/;
                            next if $line ne '.';
                            $data = 0;
                            open my $out, '>>', '/tmp/mails';
                            print $out "$subject\n";
                            close $out;
                            print $client "250 taken\r\n";
                        } elsif ($line =~ /^DATA/i) {
                            $data = 1;
                            print $client "354 go\r\n";
                        } elsif ($line =~ /^QUIT/i) {
                            print $client "221 bye\r\n";
                            exit;
                        } else {
                            print $client "250 well\r\n";
                        }
                    }
                    exit;
                }
                """);
            Forget();
            machine.RunChecked(["setsid", "--fork", "sh", "-c", "echo $$ > /tmp/mail-sink.pid; exec perl /tmp/mail-sink </dev/null >/dev/null 2>&1"]);
        }

        internal IEnumerable<string> Subjects => Sorted(_machine.RunChecked(["cat", Taken]));

        internal void Forget() => _machine.RunChecked(["sh", "-c", $": > {Taken}"]);

        public void Dispose() => _machine.RunChecked(["sh", "-c", "kill $(cat /tmp/mail-sink.pid); true"]);
    }
}
