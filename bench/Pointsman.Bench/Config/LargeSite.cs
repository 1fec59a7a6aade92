using System.Globalization;
using System.Text;

namespace Pointsman.Bench.Config;

/// <summary>The file of the largest site that users of keepalived have told of.</summary>
internal static class LargeSite
{
    internal const int ServiceCount = 2300;
    internal const int ServerCount = 37_000;

    private const string Check = """
                TCP_CHECK {
                    connect_timeout 3
                    retry 2
                    delay_before_retry 3
                }

        """;

    /// <param name="isChecked">Each server has a check.</param>
    /// <param name="firstWeight">Of the very first server; all others have 1.</param>
    internal static string Text(bool isChecked = true, int firstWeight = 1)
    {
        var text = new StringBuilder("global_defs {\n    router_id large\n}\n");
        for (int service = 0; service < ServiceCount; service++)
        {
            string network = string.Create(CultureInfo.InvariantCulture, $"{service / 256}.{service % 256}");
            text.Append(CultureInfo.InvariantCulture, $$"""

                virtual_server 10.{{network}}.1 80 {
                    delay_loop 5
                    lb_algo wlc
                    lb_kind DR
                    protocol TCP

                """);
            int serverCount = (ServerCount / ServiceCount) + (service < ServerCount % ServiceCount ? 1 : 0);
            for (int server = 1; server <= serverCount; server++)
            {
                int weight = service == 0 && server == 1 ? firstWeight : 1;
                text.Append(CultureInfo.InvariantCulture, $$"""
                        real_server 172.{{16 + (service / 256)}}.{{service % 256}}.{{server}} 80 {
                            weight {{weight}}
                    {{(isChecked ? Check : "")}}    }

                    """);
            }

            text.Append("}\n");
        }

        return text.ToString();
    }
}
