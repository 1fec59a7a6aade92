using System.Globalization;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>The names of ports, from <c>/etc/services</c>.</summary>
internal sealed class ServiceNames
{
    private const string File = "/etc/services";

    private readonly Dictionary<(ushort Port, string Protocol), string> _names = [];
    private readonly Dictionary<(string Name, string Protocol), ushort> _ports = [];

    private ServiceNames(TextReader lines)
    {
        while (lines.ReadLine() is { } line)
        {
            Take(line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Of this host; a host without the file has no names, and that is no error.</summary>
    internal static ServiceNames OfThisHost()
    {
        try
        {
            using var lines = new StreamReader(File);
            return new ServiceNames(lines);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return new ServiceNames(TextReader.Null);
        }
    }

    internal static ServiceNames Parse(string text) => new(new StringReader(text));

    internal string? NameOf(ushort port, TransportProtocol protocol) =>
        _names.GetValueOrDefault((port, protocol.LowerCaseName()));

    internal ushort? PortOf(string name, TransportProtocol protocol) =>
        _ports.TryGetValue((name, protocol.LowerCaseName()), out ushort port) ? port : null;

    // name port/protocol alias ...; the first line for a port or a name counts.
    private void Take(string[] words)
    {
        if (words.Length < 2 || words[1].Split('/') is not [string digits, string protocol]
            || !ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return;
        }

        _names.TryAdd((port, protocol), words[0]);
        foreach (string name in words.Where((_, index) => index != 1))
        {
            _ports.TryAdd((name, protocol), port);
        }
    }
}
