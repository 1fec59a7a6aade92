using System.Globalization;
using Pointsman.App.Ipvsadm;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.App.Genhash;

/// <summary>The command line of keepalived's genhash.</summary>
internal static class GenhashCommandLine
{
    private static readonly PoptOption[] Known =
    [
        Option('S', "use-ssl", takesValue: false),
        Option('I', "use-sni", takesValue: false),
        Option('s', "server", takesValue: true),
        Option('p', "port", takesValue: true),
        Option('u', "url", takesValue: true),
        Option('V', "use-virtualhost", takesValue: true),
        Option('v', "verbose", takesValue: false),
        Option('h', "help", takesValue: false),
        Option('m', "fwmark", takesValue: true),
        Option('P', "protocol", takesValue: true),
        Option('t', "timeout", takesValue: true),
    ];

    internal const string Usage = """
        Usage: genhash COMMAND [OPTIONS]
        Commands:
           -s server-address -p port -u url
           -S -s server-address -p port -u url
           -h

        Options:
        Either long or short options are allowed.
           --use-ssl         -S       Use SSL connection to remote server.
           --use-sni         -I       Use SNI during SSL handshake (uses virtualhost setting; see -V).
           --server          -s       Use the specified remote server address.
           --port            -p       Use the specified remote server port.
           --url             -u       Use the specified remote server url.
           --use-virtualhost -V       Use the specified virtualhost in GET query.
           --verbose         -v       Use verbose mode output.
           --help            -h       Display this short inlined help screen.
           --fwmark          -m       Use the specified FW mark.
           --protocol        -P       Use the specified HTTP protocol - '1.0', 1.0c', '1.1'.
                                        1.0c means 1.0 with 'Connection: close'
           --timeout         -t       Timeout in seconds

        """;

    /// <summary>False: the usage is to be printed, after the complaint if there is one.</summary>
    internal static bool TryParse(string[] args, out GenhashRequest request, out string complaint)
    {
        request = new GenhashRequest();
        complaint = "";
        var reader = new PoptReader(args, Known);
        while (reader.Next() is { } step and not PoptStep.End)
        {
            if (step is not PoptStep.Given given)
            {
                return false;
            }

            if (Apply(request, given.Option.Short!.Value, given.Value ?? "") is not { } next)
            {
                complaint = Complain(given.Option.Short!.Value, given.Value ?? "");
                return false;
            }

            request = next;
        }

        if (reader.Leftover.Count > 0)
        {
            complaint = $"Unexpected argument(s): {string.Join(' ', reader.Leftover)}";
            return false;
        }

        return request.IsComplete;
    }

    // Null: the value is no good. Help is what comes of a request that is not complete.
    private static GenhashRequest? Apply(GenhashRequest request, char option, string value) => option switch
    {
        'S' => request with { UsesTls = true },
        'I' => request with { UsesSni = true },
        'v' => request with { IsVerbose = true },
        'h' => null,
        's' => IpAddress.TryParse(value, out IpAddress server) ? request with { Server = server } : null,
        'p' => TryNumber(value, out uint port) && port is > 0 and <= ushort.MaxValue ? request with { Port = (ushort)port } : null,
        'u' => request with { Url = value },
        'V' => request with { VirtualHost = value },
        'm' => TryNumber(value, out uint mark) ? request with { Mark = mark } : null,
        'P' => value switch
        {
            "1.0" => request with { Dialect = HttpDialect.Http10 },
            "1.0c" or "1.0C" => request with { Dialect = HttpDialect.Http10Close },
            "1.1" => request with { Dialect = HttpDialect.Http11 },
            _ => null,
        },
        't' => TryNumber(value, out uint seconds) ? request with { Timeout = TimeSpan.FromSeconds(seconds) } : null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Complain(char option, string value) => option switch
    {
        's' => $"server should be an IP, not {value}",
        'p' => $"invalid port number '{value}'",
        'm' => $"invalid fwmark '{value}'",
        'P' => $"invalid HTTP protocol version '{value}'",
        't' => $"invalid timeout '{value}'",
        _ => "",
    };

    // What ipvsadm's options are told apart by is of no use here: a letter does.
    private static PoptOption Option(char letter, string word, bool takesValue) => new(default, letter, word, takesValue);

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
