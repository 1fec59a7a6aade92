using Pointsman.Base;

namespace Pointsman.Sim.Calms;

/// <summary>Time that was leapt over.</summary>
/// <param name="From">By the calendar.</param>
/// <param name="Round">In the time before it the site did what it does in each of the leapt rounds.</param>
internal readonly record struct CalmLeap(Instant From, TimeSpan Span, TimeSpan Round);
