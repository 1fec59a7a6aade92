using System.Collections.Immutable;
using System.Text;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// Cuts a script's line into program and arguments as keepalived does, without a shell: single and double quotes group,
/// parts that touch are one, and a backslash begins an escape inside and outside of quotes. A whole command in double
/// quotes is cut inside them.
/// </summary>
internal sealed class CommandLine
{
    private readonly string _text;
    private readonly ImmutableArray<string>.Builder _parts = ImmutableArray.CreateBuilder<string>();
    private readonly StringBuilder _part = new();
    private int _at;
    private bool _isInPart;

    private CommandLine(string text) => _text = text;

    public static ImmutableArray<string> Read(Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        string text = words is [{ IsQuoted: true }] ? words[0].Text : words[0].Line[words[0].Start..words[^1].End];
        ImmutableArray<string> command = Split(text, out string? mistake);
        if (command is [['<', ..], ..] && command is not [['<', '/', _, ..]])
        {
            mistake = "`</path/of/file`, one word, asks whether a file can be opened; there is no program `<`";
        }

        if (command.IsEmpty || mistake is not null)
        {
            ArgumentReader.ReportWrong(words[0], "a program and its arguments", setting.Sink, mistake);
            return [];
        }

        return command;
    }

    /// <summary>The parts; what is wrong, if anything is.</summary>
    public static ImmutableArray<string> Split(string text, out string? mistake)
    {
        var line = new CommandLine(text);
        mistake = line.ReadAll();
        return line._parts.ToImmutable();
    }

    private string? ReadAll()
    {
        char quote = '\0';
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == '\\')
            {
                _at++;
                if (_at == _text.Length)
                {
                    return "nothing follows the last `\\`";
                }

                Append(ReadEscape());
            }
            else if (c == quote || (quote == '\0' && c is '"' or '\''))
            {
                quote = c == quote ? '\0' : c;
                _isInPart = true;
                _at++;
            }
            else if (quote != '\0' || !char.IsWhiteSpace(c))
            {
                Append(c);
                _at++;
            }
            else
            {
                EndPart();
                _at++;
            }
        }

        EndPart();
        return quote == '\0' ? null : $"a {(quote == '"' ? "double" : "single")} quote is not closed";
    }

    private void Append(char letter)
    {
        _part.Append(letter);
        _isInPart = true;
    }

    private void EndPart()
    {
        if (_isInPart)
        {
            _parts.Add(_part.ToString());
            _part.Clear();
            _isInPart = false;
        }
    }

    // keepalived.conf(5), "Quoted strings": what is no escape stands for itself.
    private char ReadEscape()
    {
        char c = _text[_at];
        char next = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        if (c == 'x' && char.IsAsciiHexDigit(next))
        {
            _at++;
            return ReadDigits(char.IsAsciiHexDigit, shift: 4, _text.Length);
        }

        if (c is >= '0' and <= '7')
        {
            return ReadDigits(digit => digit is >= '0' and <= '7', shift: 3, countLimit: 3);
        }

        if (c == 'c' && next != '\0')
        {
            _at += 2;
            return (char)(next & 0x1f);
        }

        _at++;
        return c switch
        {
            'a' => '\a',
            'b' => '\b',
            'E' => '\e',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => c,
        };
    }

    // The result is a byte, whatever the digits say.
    private char ReadDigits(Func<char, bool> isDigit, int shift, int countLimit)
    {
        int value = 0;
        for (int count = 0; count < countLimit && _at < _text.Length && isDigit(_text[_at]); count++, _at++)
        {
            value = ((value << shift) | Convert.ToInt32(_text[_at].ToString(), 16)) & 0xff;
        }

        return (char)value;
    }
}
