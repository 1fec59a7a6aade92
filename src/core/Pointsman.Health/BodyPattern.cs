namespace Pointsman.Health;

/// <summary><c>regex</c>: a Perl-compatible pattern that a body must hold.</summary>
/// <param name="Options">PCRE2's names, in lower case, separated by blanks.</param>
/// <param name="MustNotMatch"><c>regex_no_match</c>: the body must not hold it.</param>
/// <param name="MinimumOffset">Bytes of the body that are passed over before the search begins.</param>
/// <param name="MaximumOffset">The last byte at which a match may begin; null: anywhere.</param>
public sealed record BodyPattern(
    string Pattern, string Options = "", bool MustNotMatch = false, int MinimumOffset = 0, int? MaximumOffset = null);
