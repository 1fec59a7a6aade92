using System.Globalization;

namespace Pointsman.Engine.Tests.Recorded;

/// <param name="At">Seconds after the first try of all.</param>
/// <param name="What">As tests/checks-machine/course.c tells it.</param>
internal sealed record Happening(double At, string What)
{
    /// <summary>A server's tries, or its place in the table: of two things in one moment, chance says which was seen first.</summary>
    public string Subject => $"{(What[0] is 't' or 'r' ? "tries" : "place")} of {What.Split(' ')[1]}";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:0.000} {What}");
}
