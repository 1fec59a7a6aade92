using System.Collections.Immutable;

namespace Pointsman.Health;

/// <summary>What a check asks of a server.</summary>
public abstract record CheckMethod
{
    private CheckMethod()
    {
    }

    /// <summary>keepalived's word for it in its log.</summary>
    public abstract string LogName { get; }

    /// <summary>
    /// Bounds a whole probe. keepalived bounds only each wait, so that a server that sends a byte at a time holds a check
    /// for ever.
    /// </summary>
    public virtual TimeSpan Limit(CheckSettings settings) => settings.ConnectTimeout;

    /// <summary>Nobody is asked: what it follows is watched at another place, and told of.</summary>
    public virtual bool IsTold => false;

    /// <summary>A connection can be made.</summary>
    public sealed record Tcp : CheckMethod
    {
        public override string LogName => "TCP_CHECK";
    }

    /// <summary>Pages are as they should be: <c>HTTP_GET</c>, and <c>SSL_GET</c> with <paramref name="Tls"/>.</summary>
    /// <param name="Pages">At least one; each probe asks for one of them.</param>
    public sealed record Http(HttpDialect Dialect, ImmutableArray<HttpPage> Pages, TlsSettings? Tls = null) : CheckMethod
    {
        // keepalived calls SSL_GET so as well.
        public override string LogName => "HTTP_CHECK";

        /// <summary><c>fast_recovery</c>: the pages of a round are asked for without a pause until the server is up.</summary>
        public bool FastRecovery { get; init; }

        // Three waits are enough for any answer that is worth having, and a slow one may take the delay loop.
        public override TimeSpan Limit(CheckSettings settings) =>
            3 * settings.ConnectTimeout > settings.DelayLoop ? 3 * settings.ConnectTimeout : settings.DelayLoop;

        public bool Equals(Http? other) => other is not null && Dialect == other.Dialect && Tls == other.Tls
            && FastRecovery == other.FastRecovery && Pages.SequenceEqual(other.Pages);

        public override int GetHashCode() => HashCode.Combine(Dialect, Tls, FastRecovery, Pages.Length, Pages[0]);
    }

    /// <summary>A mail server greets and takes a HELO: <c>SMTP_CHECK</c>.</summary>
    public sealed record Smtp(string HeloName) : CheckMethod
    {
        public override string LogName => "SMTP_CHECK";

        // Greeting, HELO and QUIT are each waited for.
        public override TimeSpan Limit(CheckSettings settings) => 4 * settings.ConnectTimeout;
    }

    /// <summary>A name server answers without an error: <c>DNS_CHECK</c>.</summary>
    /// <param name="RecordType">RFC 1035 §3.2.2.</param>
    public sealed record Dns(ushort RecordType, string Name) : CheckMethod
    {
        public override string LogName => "DNS_CHECK";
    }

    /// <summary>A datagram is not refused, or is answered: <c>UDP_CHECK</c>.</summary>
    /// <param name="Payload">Empty: 32 random bytes.</param>
    public sealed record Udp(ImmutableArray<byte> Payload, UdpReply? Reply) : CheckMethod
    {
        public override string LogName => "UDP_CHECK";

        public bool Equals(Udp? other) => other is not null && Reply == other.Reply && Payload.SequenceEqual(other.Payload);

        public override int GetHashCode() => HashCode.Combine(Payload.Length, Reply);
    }

    /// <summary>An echo comes back: <c>PING_CHECK</c>.</summary>
    public sealed record Ping : CheckMethod
    {
        public override string LogName => "PING_CHECK";
    }

    /// <summary>The number in a file says so, and moves the server's weight: <c>FILE_CHECK</c>.</summary>
    /// <param name="Weight">The number times this is added to the server's weight; 0: any number but 0 is a failure.</param>
    /// <param name="IsReverse">It is taken off; and with a weight of 0, only 0 is a failure.</param>
    public sealed record File(string Name, int Weight, bool IsReverse) : CheckMethod
    {
        public override string LogName => "FILE_CHECK";

        public override bool IsTold => true;

        public ProbeOutcome Judge(int number)
        {
            string what = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"track_file {Name} has {number}");
            if (Weight == 0)
            {
                return (number != 0) != IsReverse ? new ProbeOutcome.Wrong(what) : new ProbeOutcome.Success(TimeSpan.Zero, what);
            }

            // keepalived's arithmetic has a number below all weights for a failure.
            long change = (long)number * Weight * (IsReverse ? -1 : 1);
            return change <= int.MinValue
                ? new ProbeOutcome.Wrong(what)
                : new ProbeOutcome.Success(TimeSpan.Zero, what) { WeightChange = (int)Math.Min(change, int.MaxValue) };
        }
    }

    /// <summary>A neighbour's path is up: <c>BFD_CHECK</c>.</summary>
    public sealed record Path(string Name) : CheckMethod
    {
        public override string LogName => "BFD_CHECK";

        public override bool IsTold => true;

        /// <param name="why">Of a path that is down.</param>
        public static ProbeOutcome Judge(bool isUp, string why) =>
            isUp ? new ProbeOutcome.Success(TimeSpan.Zero, why) : new ProbeOutcome.Wrong(why);
    }

    /// <summary>A command says so by its exit status: <c>MISC_CHECK</c>.</summary>
    /// <param name="User">Null: the node's default.</param>
    /// <param name="IsDynamic">A status from 2 on is a success, and a weight of two less.</param>
    public sealed record Script(
        ImmutableArray<string> Command, string? User, string? Group, TimeSpan Timeout, bool IsDynamic) : CheckMethod
    {
        public override string LogName => "MISC_CHECK";

        public override TimeSpan Limit(CheckSettings settings) => Timeout;

        public bool Equals(Script? other) => other is not null && User == other.User && Group == other.Group
            && Timeout == other.Timeout && IsDynamic == other.IsDynamic && Command.SequenceEqual(other.Command);

        public override int GetHashCode() => HashCode.Combine(Command[0], Command.Length, User, Timeout);
    }
}
