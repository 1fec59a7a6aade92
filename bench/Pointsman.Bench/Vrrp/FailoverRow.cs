using System.Globalization;

namespace Pointsman.Bench.Vrrp;

/// <summary>One way of speaking, on an idle machine or a busy one.</summary>
/// <param name="Name">As it is asked for.</param>
internal sealed record FailoverRow(string Name, int Version, double IntervalSeconds, bool IsBusy)
{
    internal static FailoverRow[] All { get; } =
    [
        new("v2-1s", 2, 1, IsBusy: false),
        new("v3-100ms", 3, 0.1, IsBusy: false),
        new("v3-10ms", 3, 0.01, IsBusy: false),
        new("v2-1s-busy", 2, 1, IsBusy: true),
        new("v3-100ms-busy", 3, 0.1, IsBusy: true),
        new("v3-10ms-busy", 3, 0.01, IsBusy: true),
    ];

    internal TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    /// <summary>
    /// About what a round takes: three changes, each with a takeover, a start that loads the data path, and a look around.
    /// </summary>
    internal TimeSpan RoundTime => 3 * ((8 * Interval) + TimeSpan.FromSeconds(IsBusy ? 6 : 3.5));

    /// <summary>Two directors of equal rank, who leave each other in peace.</summary>
    internal string Configuration(string router) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        global_defs {
            router_id {{router}}
        }
        vrrp_instance VI_1 {
            state BACKUP
            nopreempt
            interface eth0
            virtual_router_id 51
            priority 100
            version {{Version}}
            advert_int {{IntervalSeconds}}
            virtual_ipaddress {
                {{Rig.VirtualAddress}}
            }
        }

        """);
}
