using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Reads <c>lvs_timeouts [tcp N] [tcpfin N] [udp N]</c>.</summary>
internal static class LvsTimeoutRules
{
    public const string Form = "[tcp N] [tcpfin N] [udp N], of 1 to 2678400 s; 0 leaves one as it is";

    private const int SecondsMost = 2_678_400;

    public static GlobalDefinitions Take(GlobalDefinitions global, Setting setting)
    {
        var timeouts = new LvsTimeoutsConfig(null, null, null);
        ImmutableArray<Word> words = setting.Statement.Arguments;
        for (int i = 0; i < words.Length; i += 2)
        {
            if (words[i].Text is not ("tcp" or "tcpfin" or "udp"))
            {
                ArgumentReader.ReportWrong(words[i], "tcp, tcpfin or udp", setting.Sink);
                return global;
            }

            if (i + 1 == words.Length || !TryRead(words[i + 1].Text, out TimeSpan? timeout))
            {
                ArgumentReader.ReportWrong(words[Math.Min(i + 1, words.Length - 1)], $"{words[i].Text} and seconds from 0 to {SecondsMost}", setting.Sink);
                return global;
            }

            timeouts = words[i].Text switch
            {
                "tcp" => timeouts with { Tcp = timeout },
                "tcpfin" => timeouts with { TcpFin = timeout },
                _ => timeouts with { Udp = timeout },
            };
        }

        return global with { LvsTimeouts = timeouts.Words.Any() ? timeouts : null };
    }

    private static bool TryRead(string text, out TimeSpan? timeout)
    {
        bool isGood = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= SecondsMost;
        timeout = isGood && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
        return isGood;
    }
}
