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
}
