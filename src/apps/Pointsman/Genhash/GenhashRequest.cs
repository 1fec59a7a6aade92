using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.App.Genhash;

/// <summary>What genhash's command line asks for.</summary>
internal sealed record GenhashRequest
{
    internal IpAddress? Server { get; init; }

    /// <summary>0: not given.</summary>
    internal ushort Port { get; init; }

    internal string? Url { get; init; }

    internal string? VirtualHost { get; init; }

    internal bool UsesTls { get; init; }

    internal bool UsesSni { get; init; }

    internal bool IsVerbose { get; init; }

    internal HttpDialect Dialect { get; init; } = HttpDialect.Http10;

    internal uint Mark { get; init; }

    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    internal bool IsComplete => Server is not null && Port != 0 && Url is not null;
}
