using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>What one probe of a real server came to.</summary>
public abstract record ProbeOutcome
{
    private ProbeOutcome()
    {
    }

    /// <summary>The outcome in the operator's words: lower case, no full stop.</summary>
    public abstract string Reason { get; }

    public bool IsSuccess => this is Success;

    /// <summary>Null: straight to its target, which is the only way there is.</summary>
    public ProbeWay? Way { get; init; }

    /// <param name="Duration">From the first packet to the verdict.</param>
    /// <param name="What">What was seen, such as "status 200".</param>
    public sealed record Success(TimeSpan Duration, string What = "connected") : ProbeOutcome
    {
        /// <summary>The weight the server asks for (<c>misc_dynamic</c>); null: the configured one.</summary>
        public int? Weight { get; init; }

        /// <summary>What is added to the configured weight (<c>FILE_CHECK</c>).</summary>
        public int WeightChange { get; init; }

        // What was told of took no time.
        public override string Reason => Duration == TimeSpan.Zero ? What : string.Create(
            CultureInfo.InvariantCulture,
            $"{What} in {Duration.TotalMilliseconds:0.0} ms");
    }

    /// <summary>The server's host answered that nobody listens there.</summary>
    public sealed record Refused : ProbeOutcome
    {
        public override string Reason => "connection refused";
    }

    /// <summary>The server took the connection and broke it off before it could be used.</summary>
    public sealed record Reset : ProbeOutcome
    {
        public override string Reason => "connection reset";
    }

    /// <summary>Nothing came back within the check's connect_timeout.</summary>
    public sealed record TimedOut : ProbeOutcome
    {
        public override string Reason => "connection timed out";
    }

    /// <summary>The connection stands, and the server does not go on.</summary>
    /// <param name="Detail">What was waited for, such as "no answer within 3 s".</param>
    public sealed record Silent(string Detail) : ProbeOutcome
    {
        public override string Reason => Detail;
    }

    /// <summary>The server answered, and not as it should.</summary>
    /// <param name="Detail">Expected and got, such as "status 503, expected 200-299".</param>
    public sealed record Wrong(string Detail) : ProbeOutcome
    {
        public override string Reason => Detail;
    }

    /// <param name="Detail">The kernel's words, such as "No route to host".</param>
    public sealed record Unreachable(string Detail) : ProbeOutcome
    {
        public override string Reason => $"unreachable: {Detail}";
    }

    /// <summary>The probe itself could not be carried out; counts as a failure, as keepalived counts it.</summary>
    /// <summary>A client would not be served, whatever the server's own address answers.</summary>
    /// <param name="Road">How the probe through the virtual address went; may be a success, where <paramref name="Cause"/> is another.</param>
    /// <param name="Own">How one to the server's own address went; null: there was no time for it.</param>
    /// <param name="Cause">What is likely amiss, for the operator.</param>
    public sealed record OffRoad(TransportEndpoint Virtual, ProbeOutcome Road, ProbeOutcome? Own, string Cause) : ProbeOutcome
    {
        public override string Reason => Road.IsSuccess
            ? $"answers for the VIP {Virtual}, but {Cause}"
            : $"{(Own is { IsSuccess: true } ? "answers on its own address, does not answer" : "does not answer")} for the VIP {Virtual} ({Road.Reason}): {Cause}";
    }

    /// <param name="Detail">What stood in the way, such as "Too many open files".</param>
    public sealed record Error(string Detail) : ProbeOutcome
    {
        /// <summary>The port it was to come from is taken; another one may do.</summary>
        public bool IsPortTaken { get; init; }

        public override string Reason => $"the check could not run: {Detail}";
    }
}
