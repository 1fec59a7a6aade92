using System.Collections.Concurrent;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Health;
using Pointsman.Probes.Sending;

namespace Pointsman.Probes.Tests.Sending;

/// <summary>A mail server as sites have them: what it takes of us, and what the check says of it.</summary>
public sealed class EximTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _log = [];
    private readonly Exim _exim = new();

    public void Dispose() => _exim.Dispose();

    [Fact]
    public async Task Mail_ToTwo_ArrivesWithKeepalivedsSubject()
    {
        await using MailOutbox outbox = Open(Settings(_exim.PlainPort));
        outbox.Send(new Mail("[lb1] VRRP Instance VI_1 - Entering MASTER state", ".=> x <=\n.", DateTimeOffset.Now));

        await UntilAsync(() => _exim.Delivered.Length == 2 && outbox.Figures.Sent == 1);
        Assert.All(_exim.Delivered, mail =>
        {
            Assert.Contains("\nSubject: [lb1] VRRP Instance VI_1 - Entering MASTER state\n", mail, StringComparison.Ordinal);
            Assert.Contains("\n\n.=> x <=\n.\n", mail, StringComparison.Ordinal);
        });
        Assert.Equal(["SMTP alert successfully sent."], _log);
    }

    [Theory]
    [InlineData(MailEncryption.StartTls)]
    [InlineData(MailEncryption.Implicit)]
    public async Task EncryptedWithLogin_IsTaken_WithoutLoginRefused(MailEncryption encryption)
    {
        MailSettings settings = Settings(encryption == MailEncryption.StartTls ? _exim.LoginPort : _exim.TlsPort) with
        {
            Encryption = encryption, CertificateName = "mail.example", Authorities = _exim.Authorities,
        };
        await using MailOutbox outbox = Open(settings);
        outbox.Send(new Mail("without", "x", DateTimeOffset.Now));
        await UntilAsync(() => outbox.Figures.Dropped == 1);
        Assert.Contains("550 log in first", _log.Single(), StringComparison.Ordinal);

        outbox.Target = settings with { Login = new MailLogin("lb1", _exim.PasswordFile) };
        outbox.Send(new Mail("with", "x", DateTimeOffset.Now));
        await UntilAsync(() => _exim.Delivered.Length == 2);
        Assert.All(_exim.Delivered, mail => Assert.Contains("\nSubject: with\n", mail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Greylisted_Waits_AndGoesWhereTheNextSettingsSay()
    {
        await using MailOutbox outbox = Open(Settings(_exim.PlainPort) with { To = ["ops@grey.example"] });
        outbox.Send(new Mail("later", "x", DateTimeOffset.Now));
        await UntilAsync(() => outbox.Figures is { Failures: 1, Waiting: 1 });
        Assert.Equal("nobody may get it: ops@grey.example (451 come back)", outbox.Figures.LastError);

        outbox.Target = Settings(_exim.PlainPort);
        await UntilAsync(() => outbox.Figures is { Sent: 1, Waiting: 0 });
    }

    [Fact]
    public async Task Check_Succeeds_AndQuotesTheGreeting()
    {
        var request = new ProbeRequest(
            new CheckMethod.Smtp("me.example"), new TransportEndpoint(IpAddress.Parse("127.0.0.1"), _exim.PlainPort), TimeSpan.FromSeconds(20))
        {
            Limit = TimeSpan.FromSeconds(40),
        };

        var well = Assert.IsType<ProbeOutcome.Success>(
            await SmtpProbe.RunAsync(request, new CheckMethod.Smtp("me.example"), TestContext.Current.CancellationToken));

        Assert.StartsWith("greeted by `220 mail.example ESMTP Exim", well.What, StringComparison.Ordinal);
    }

    private static MailSettings Settings(ushort port) =>
        new("127.0.0.1", port, TimeSpan.FromSeconds(20), "lb1.example", "lvs@example.org", ["a@example.org", "b@example.org"]);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < Bound, "it did not come about in time");
            await Task.Delay(20);
        }
    }

    private MailOutbox Open(MailSettings settings) => new(_log.Enqueue, new OutboxLimits()) { Target = settings };
}
