using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>How a director stood at one moment. Nothing in it changes any more: any thread may read it.</summary>
/// <param name="Configuration">The one in force; services and servers stand in its order.</param>
/// <param name="CheckCount">Those that virtual servers share count once.</param>
public sealed record DirectorSurvey(
    Configuration Configuration,
    OwnershipMap Ownership,
    ImmutableArray<ServiceSurvey> Services,
    int CheckCount,
    OverdueChecks Overdue);

/// <param name="IsRelieved">Its sorry server stands in.</param>
public sealed record ServiceSurvey(bool IsRelieved, ImmutableArray<ServerSurvey> Servers);

/// <param name="Way">Where its packets go.</param>
/// <param name="WhyUnreached">Null: packets reach it; else why it takes no connections, whatever its checks say.</param>
/// <param name="Weight">What an operator ordered, what a check asked for, or else the configured one.</param>
/// <param name="Order">What an operator has ordered; null: nothing.</param>
public sealed record ServerSurvey(
    ServerHealthStatus Health, Reachability Way, string? WhyUnreached, int Weight, ServerOrder? Order);
