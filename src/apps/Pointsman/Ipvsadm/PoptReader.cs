namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Splits a command line as the popt library does: short options bundle (<c>-Lnc</c>), the last of a bundle may take a
/// value (joined on, after <c>=</c>, or in the next word), long ones after <c>=</c> or in the next word, and words that
/// are no options may stand anywhere.
/// </summary>
internal sealed class PoptReader(string[] args, IReadOnlyList<PoptOption> known)
{
    private readonly List<string> _leftover = [];
    private int _next;
    private string _word = "";
    private string _bundle = "";
    private bool _onlyLeftover;

    /// <summary>The words that belong to no option, as far as has been read.</summary>
    internal IReadOnlyList<string> Leftover => _leftover;

    internal PoptStep Next()
    {
        if (_bundle.Length > 0)
        {
            return NextOfBundle();
        }

        while (_next < args.Length)
        {
            _word = args[_next++];
            if (_onlyLeftover || _word.Length < 2 || _word[0] != '-')
            {
                _leftover.Add(_word);
            }
            else if (_word == "--")
            {
                _onlyLeftover = true;
            }
            else if (_word.StartsWith("--", StringComparison.Ordinal))
            {
                return Long();
            }
            else
            {
                _bundle = _word[1..];
                return NextOfBundle();
            }
        }

        return new PoptStep.End();
    }

    private PoptStep Long()
    {
        int equals = _word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? _word[2..] : _word[2..equals];
        PoptOption? option = known.FirstOrDefault(candidate => candidate.Long == name);
        return option is null ? Bad("unknown option") : WithValue(option, equals < 0 ? null : _word[(equals + 1)..]);
    }

    private PoptStep NextOfBundle()
    {
        char letter = _bundle[0];
        _bundle = _bundle[1..];
        PoptOption? option = known.FirstOrDefault(candidate => candidate.Short == letter);
        if (option is null)
        {
            return Bad("unknown option");
        }

        if (!option.TakesValue)
        {
            return new PoptStep.Given(option, _word, Value: null);
        }

        string? joined = _bundle.Length == 0 ? null : _bundle.TrimStart('=');
        _bundle = "";
        return WithValue(option, joined);
    }

    private PoptStep WithValue(PoptOption option, string? joined)
    {
        if (!option.TakesValue)
        {
            return joined is null ? new PoptStep.Given(option, _word, Value: null) : Bad("option does not take an argument");
        }

        string word = _word;
        if (joined is null && option.IsValueOptional && (_next == args.Length || args[_next].StartsWith('-')))
        {
            return new PoptStep.Given(option, word, Value: null);
        }

        string? value = joined ?? (_next < args.Length ? args[_next++] : null);
        return value is null ? Bad("missing argument") : new PoptStep.Given(option, word, value);
    }

    private PoptStep.Bad Bad(string why)
    {
        _bundle = "";
        return new PoptStep.Bad(_word, why);
    }
}
