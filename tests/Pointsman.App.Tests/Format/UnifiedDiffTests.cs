using System.Globalization;
using Pointsman.App.Format;

namespace Pointsman.App.Tests.Format;

/// <summary>A patch that <c>patch</c> takes, and that makes of the first text the second.</summary>
public sealed class UnifiedDiffTests
{
    [Fact]
    public void SameTexts_HaveNone() => Assert.Equal("", UnifiedDiff.Of("f", "a\n", "a\n"));

    [Fact]
    public void OneLine_Indented_IsOneHunkWithItsNeighbours() => Assert.Equal(
        "--- f.orig\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-x\n+    x\n 6\n 7\n 8\n",
        UnifiedDiff.Of("f", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", "1\n2\n3\n4\n    x\n6\n7\n8\n9\n"));

    [Fact]
    public void MissingLineEnd_IsSaid() => Assert.Equal(
        "--- f.orig\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", UnifiedDiff.Of("f", "a", "a\n"));

    [Theory]
    [InlineData("", "a\nb\n")]
    [InlineData("a\nb\n", "")]
    [InlineData("a\n\n\n\n\nb\nc", "a\nb\nc\n")]
    [InlineData("a { b\nc } d\n", "a {\n    b\n    c\n}\nd\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n")]
    public void Patch_MakesTheSecondOfTheFirst(string before, string after) => CheckPatch(before, after);

    [Fact]
    public void ManyTexts_Patched_BecomeTheOthers()
    {
        var random = new Random(7);
        for (int round = 0; round < 20; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 200).Select(_ => $"{new string(' ', random.Next(3))}word{random.Next(20)}\n")];
            string[] changed = [.. lines.SelectMany(line => random.Next(8) switch { 0 => [], 1 => new[] { line.Trim() + "\n" }, 2 => [line, "new\n"], _ => [line] })];
            CheckPatch(string.Concat(lines), string.Concat(changed));
        }
    }

    // As `patch` reads it: each hunk must stand exactly where it says.
    private static void CheckPatch(string before, string after)
    {
        string[] old = [.. before.Split('\n').SkipLast(before.EndsWith('\n') || before.Length == 0 ? 1 : 0)];
        var made = new List<string>();
        int at = 0;
        string[] lines = UnifiedDiff.Of("f", before, after).Split('\n')[2..^1];
        foreach (string line in lines)
        {
            switch (line[0])
            {
                case '@':
                    string[] range = line.Split(' ')[1][1..].Split(',');
                    int first = int.Parse(range[0], CultureInfo.InvariantCulture);
                    bool isEmpty = range.Length > 1 && range[1] == "0";
                    made.AddRange(old[at..(isEmpty ? first : first - 1)]);
                    at = isEmpty ? first : first - 1;
                    break;
                case '+':
                    made.Add(line[1..]);
                    break;
                case '\\':
                    break;
                default:
                    Assert.Equal(old[at++], line[1..]);
                    made.AddRange(line[0] == ' ' ? [line[1..]] : []);
                    break;
            }
        }

        made.AddRange(old[at..]);
        Assert.Equal(after, string.Concat(made.Select(line => line + "\n")));
    }
}
