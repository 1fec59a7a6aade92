namespace Pointsman.VirtualRouter.Tests;

/// <summary>An instance that both directors of a <see cref="Pair"/> have.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="RouterId">Of the virtual router.</param>
/// <param name="Lines">Of keepalived.conf, for both; <c>{own4}</c>, <c>{other4}</c>, <c>{own6}</c> and <c>{other6}</c> are the directors' addresses.</param>
/// <param name="Addresses">The virtual ones.</param>
internal sealed record PairInstance(string Name, int RouterId, string Lines, params string[] Addresses)
{
    /// <summary>Of A and of B.</summary>
    internal (int A, int B) Priorities { get; init; } = (150, 100);

    internal string LinesOfA { get; init; } = "";

    internal string Interface { get; init; } = "eth0";

    /// <summary>The sync group it is in.</summary>
    internal string? Group { get; init; }

    internal IEnumerable<string> PlainAddresses => Addresses.Select(line => line.Split(' ', '/')[0]);

    internal string Text(PairDirector director) => $$"""
        vrrp_instance {{Name}} {
            interface {{Interface}}
            virtual_router_id {{RouterId}}
            priority {{(director.IsA ? Priorities.A : Priorities.B)}}
            {{director.Fill(Lines)}}
            {{(director.IsA ? LinesOfA : "")}}
            virtual_ipaddress {
                {{string.Join('\n', Addresses)}}
            }
        }

        """;
}
