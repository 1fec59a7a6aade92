using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>The words of a line of options, one after the other; the first mistake is told and ends it.</summary>
internal sealed class LineWords(Statement line, DiagnosticSink sink)
{
    private int _next;

    public DiagnosticSink Sink { get; } = sink;

    public bool HasFailed { get; private set; }

    public SourceSpan Span => line.HeaderSpan;

    /// <summary>The word that was taken last.</summary>
    public Word Current { get; private set; }

    public bool TryNext()
    {
        if (HasFailed || _next == line.Words.Length)
        {
            return false;
        }

        Current = line.Words[_next++];
        return true;
    }

    /// <summary>Takes the next word if it is this one.</summary>
    public bool TryTake(string word)
    {
        bool isIt = !HasFailed && _next < line.Words.Length && line.Words[_next].Text == word;
        return isIt && TryNext();
    }

    /// <summary>Complains of the word taken last.</summary>
    public void Fail(string expected, string? label = null, string? hint = null)
    {
        HasFailed = true;
        ArgumentReader.ReportWrong(Current, expected, Sink, label, hint);
    }

    /// <summary>The word behind the one taken last; empty, with a complaint, when there is none.</summary>
    public string Value()
    {
        Word option = Current;
        if (TryNext())
        {
            return Current.Text;
        }

        if (!HasFailed)
        {
            HasFailed = true;
            Sink.Report(DiagnosticCatalogue.MissingArgument, option.Span, option.Text, "a value");
        }

        return "";
    }

    /// <summary>Decimal, or hexadecimal behind 0x.</summary>
    public uint Number(uint most = uint.MaxValue) => NumberOf(Value(), most);

    /// <summary>A number or one of the names.</summary>
    public uint Named(IReadOnlyDictionary<string, uint> names, string what, uint most = uint.MaxValue)
    {
        string text = Value();
        if (names.TryGetValue(text, out uint number))
        {
            return number;
        }

        if (text.Length > 0 && !TryParse(text, out _))
        {
            Fail($"{what} ({string.Join(", ", names.Keys)}, or a number)", hint: "type its number: names of /etc/iproute2 are not read");
            return 0;
        }

        return NumberOf(text, most);
    }

    public IpPrefix Prefix()
    {
        if (!IpPrefix.TryParse(Value(), out IpPrefix prefix) && !HasFailed)
        {
            Fail("an IP address or network");
        }

        return prefix;
    }

    public IpAddress Address()
    {
        if (!IpAddress.TryParse(Value(), out IpAddress address) && !HasFailed)
        {
            Fail("an IP address");
        }

        return address;
    }

    public string Interface()
    {
        Value();
        HasFailed |= !HasFailed && !InterfaceName.Check(Current, Sink);
        return Current.Text;
    }

    private uint NumberOf(string text, uint most)
    {
        uint number = 0;
        if (!HasFailed && (!TryParse(text, out number) || number > most))
        {
            Fail(most == uint.MaxValue ? "a number" : string.Create(CultureInfo.InvariantCulture, $"a number up to {most}"));
        }

        return number;
    }

    private static bool TryParse(string text, out uint number) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
