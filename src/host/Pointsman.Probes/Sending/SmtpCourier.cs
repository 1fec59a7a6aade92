using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Pointsman.Probes.Sending;

/* One mail, one connection, as keepalived has it: HELO, MAIL, RCPT for each, DATA, QUIT (RFC 5321). With encryption or a
   login it is EHLO, STARTTLS (RFC 3207) and AUTH (RFC 4954). */

/// <summary>Hands a mail to a mail server.</summary>
internal static class SmtpCourier
{
    internal static async Task<Delivery> DeliverAsync(Mail mail, MailSettings settings, CancellationToken stop)
    {
        try
        {
            return await SendAsync(mail, settings, stop);
        }
        catch (MailTrouble trouble) when (trouble.IsFinal)
        {
            return new Delivery.Refused(trouble.Message);
        }
        catch (MailTrouble trouble)
        {
            return new Delivery.Failed(trouble.Message);
        }
        catch (Exception broken) when (broken is SocketException or IOException or AuthenticationException or UnauthorizedAccessException)
        {
            return new Delivery.Failed(broken.Message);
        }
    }

    private static async Task<Delivery> SendAsync(Mail mail, MailSettings settings, CancellationToken stop)
    {
        using Socket socket = await ConnectAsync(settings, stop);
        var talk = new SmtpTalk(settings.StepTimeout, stop) { Stream = new NetworkStream(socket) };
        try
        {
            ImmutableArray<string> abilities = await GreetAsync(talk, settings);
            if (settings.Login is { } login)
            {
                await SmtpLogin.LogInAsync(talk, login, abilities);
            }

            string said = await HandOverAsync(talk, mail, settings);
            await LeaveAsync(talk);
            return new Delivery.Done($"SMTP alert successfully sent.{said}");
        }
        finally
        {
            await talk.Stream.DisposeAsync();
        }
    }

    private static async Task<Socket> ConnectAsync(MailSettings settings, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(settings.StepTimeout);
        string why = "the name has no address";
        try
        {
            foreach (IPAddress address in await AddressesAsync(settings.Server, patience.Token))
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(address, settings.Port), patience.Token);
                    return socket;
                }
                catch (SocketException refused)
                {
                    socket.Dispose();
                    why = refused.Message;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        catch (SocketException unknown)
        {
            why = $"looking up the name: {unknown.Message}";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            why = FormattableString.Invariant($"no connection within {settings.StepTimeout.TotalSeconds:0.###} s");
        }

        throw new MailTrouble($"SMTP connection ERROR to {settings.ServerName}: {why}");
    }

    private static async Task<IPAddress[]> AddressesAsync(string server, CancellationToken patience) =>
        IPAddress.TryParse(server, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(server, patience);

    /// <returns>What it can do besides, by RFC 5321 §4.1.1.1; nothing where keepalived's HELO is enough.</returns>
    private static async Task<ImmutableArray<string>> GreetAsync(SmtpTalk talk, MailSettings settings)
    {
        if (settings.Encryption == MailEncryption.Implicit)
        {
            await SmtpTls.BeginAsync(talk, settings);
        }

        Expect(await talk.HearAsync("its greeting"), "its greeting");
        string name = settings.HeloName;
        if (settings.Encryption == MailEncryption.None)
        {
            Expect(await talk.SayAsync($"HELO {name}", "HELO"), "HELO");
            return [];
        }

        SmtpReply abilities = Expect(await talk.SayAsync($"EHLO {name}", "EHLO"), "EHLO");
        if (settings.Encryption == MailEncryption.StartTls)
        {
            if (!abilities.Lines.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
            {
                throw new MailTrouble("it offers no STARTTLS, and nothing is sent in clear text");
            }

            Expect(await talk.SayAsync("STARTTLS", "STARTTLS"), "STARTTLS");
            // RFC 3207 §4.2: what was said before counts no more; what came with the answer was not from the server.
            if (talk.HasUnread)
            {
                throw new MailTrouble("somebody on the way has put words before the encryption");
            }

            await SmtpTls.BeginAsync(talk, settings);
            abilities = Expect(await talk.SayAsync($"EHLO {name}", "EHLO"), "EHLO");
        }

        return abilities.Lines;
    }

    private static async Task<string> HandOverAsync(SmtpTalk talk, Mail mail, MailSettings settings)
    {
        Expect(await talk.SayAsync($"MAIL FROM:<{settings.From}>", "MAIL"), $"MAIL FROM {settings.From}", isAboutMail: true);
        var refused = new List<(string Who, SmtpReply Reply)>();
        foreach (string to in settings.To)
        {
            SmtpReply reply = await talk.SayAsync($"RCPT TO:<{to}>", "RCPT");
            if (!reply.IsPositive)
            {
                refused.Add((to, reply));
            }
        }

        if (refused.Count == settings.To.Length)
        {
            // For good only if no other attempt could reach any of them.
            throw new MailTrouble(
                $"nobody may get it: {Words(refused)}", isFinal: refused.TrueForAll(one => one.Reply.IsPermanent));
        }

        Expect(await talk.SayAsync("DATA", "DATA"), "DATA", isAboutMail: true);
        Expect(await talk.SayAsync(MailText.Write(mail, settings), "the mail"), "the mail", isAboutMail: true);
        return refused.Count == 0 ? "" : $" It did not go to {Words(refused)}.";
    }

    private static string Words(List<(string Who, SmtpReply Reply)> refused) =>
        string.Join("; ", refused.Select(one => $"{one.Who} ({one.Reply})"));

    // The mail is delivered: nothing that happens now changes that.
    private static async Task LeaveAsync(SmtpTalk talk)
    {
        try
        {
            await talk.SayAsync("QUIT", "QUIT");
        }
        catch (MailTrouble)
        {
            // A server that hangs up without a word, or says nothing, has the mail all the same.
        }
    }

    private static SmtpReply Expect(SmtpReply reply, string asked, bool isAboutMail = false) => reply.IsPositive
        ? reply
        : throw new MailTrouble($"{asked}: it answers {reply}", isFinal: isAboutMail && reply.IsPermanent);
}
