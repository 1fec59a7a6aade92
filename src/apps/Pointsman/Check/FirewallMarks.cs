using System.Text.Json;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.App.Check;

/// <summary>
/// The marks that this host's firewall gives to packets before they are routed. Whoever misses one is told so, so whatever cannot be
/// seen into counts as setting any: rules of iptables, marks that are worked out (by a map, from that of the connection), queues.
/// </summary>
internal static class FirewallMarks
{
    /// <summary>Tables of the old iptables, which nftables does not list.</summary>
    private static readonly string[] OldTables = ["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"];

    /// <summary>Null: any may be set.</summary>
    internal static IReadOnlySet<(uint Mark, IpFamily Family)>? OfThisHost()
    {
        try
        {
            if (OldTables.Any(file => File.Exists(file) && File.ReadAllText(file).Length > 0))
            {
                return null;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        using Nftables? nftables = Nftables.TryOpen(out _);
        return nftables?.ListAll() is { } ruleset ? Of(ruleset) : null;
    }

    /// <param name="ruleset">As libnftables-json(5) has it.</param>
    /// <returns>Null: any may be set.</returns>
    internal static IReadOnlySet<(uint Mark, IpFamily Family)>? Of(string ruleset)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(ruleset);
            JsonElement[] parts = [.. document.RootElement.GetProperty("nftables").EnumerateArray()];
            HashSet<(string?, string?, string?)> tooLate = [.. Of(parts, "chain").Where(IsTooLate).Select(chain => NameOf(chain, "name"))];
            var marks = new HashSet<(uint, IpFamily)>();
            foreach (JsonElement rule in Of(parts, "rule").Where(rule => !tooLate.Contains(NameOf(rule, "chain"))))
            {
                foreach (JsonElement statement in rule.GetProperty("expr").EnumerateArray())
                {
                    if (!IsKnown(statement, out uint? mark))
                    {
                        return null;
                    }

                    marks.UnionWith(mark is { } value ? FamiliesOf(rule).Select(family => (value, family)) : []);
                }
            }

            return marks;
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonElement> Of(JsonElement[] parts, string kind) =>
        parts.Where(part => part.TryGetProperty(kind, out _)).Select(part => part.GetProperty(kind));

    private static (string? Family, string? Table, string? Chain) NameOf(JsonElement element, string chain) =>
        (element.GetProperty("family").GetString(), element.GetProperty("table").GetString(), element.GetProperty(chain).GetString());

    // A chain without a hook is one that another jumps to.
    private static bool IsTooLate(JsonElement chain) =>
        chain.TryGetProperty("hook", out JsonElement hook) && hook.GetString() is not ("prerouting" or "ingress");

    private static IpFamily[] FamiliesOf(JsonElement rule) => rule.GetProperty("family").GetString() switch
    {
        "ip" => [IpFamily.V4],
        "ip6" => [IpFamily.V6],
        _ => [IpFamily.V4, IpFamily.V6],
    };

    /// <param name="mark">Null: it sets none.</param>
    private static bool IsKnown(JsonElement statement, out uint? mark)
    {
        mark = null;
        if (statement.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        if (statement.TryGetProperty("xt", out JsonElement foreign))
        {
            return foreign.ValueKind == JsonValueKind.Object && foreign.TryGetProperty("type", out JsonElement type) && type.GetString() == "match";
        }

        if (!statement.TryGetProperty("mangle", out JsonElement change))
        {
            return !statement.TryGetProperty("queue", out _);
        }

        bool isMark = change.GetProperty("key").TryGetProperty("meta", out JsonElement meta) && meta.GetProperty("key").GetString() == "mark";
        if (!isMark)
        {
            return true;
        }

        JsonElement value = change.GetProperty("value");
        mark = value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint number) ? number : null;
        return mark is not null;
    }
}
