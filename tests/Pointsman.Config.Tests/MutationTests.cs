using System.Text;
using Pointsman.Base;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Whatever stands in a file: reading it ends, does not throw, and complains about places that exist.</summary>
public sealed class MutationTests
{
    private const int SeedCount = 400;

    private static readonly string[] Nasty =
    [
        "{", "}", "\"", "\\", "#", "!", "$", "${", "$_PWD", "@", "~", "\0", "\r", "\n", "\t", " ", "\v", "\u00a0", "\u3000", "\u200b",
        "\ufeff", "\ufffd", "\ud83d", "\e[31m", "-1", "0", "99999999999999999999999", "1e9", "0x10", "::1", "255.255.255.256",
        "10.0.0.1", "include x", "weight 2 reverse", "real_server", "virtual_server", "vrrp_instance", "TCP_CHECK", "on", "fwmark",
        "virtual_ipaddress", "group",
        "$A=", "$A", "${A}", "$A=$A ${A}", "$B= \\\n$A \\\n}", "$B", "@id", "@^id ", "~SEQ(A, 3) ", "~SEQ(A, 1, 0, -5) ", "~LST({A, B}, {1, 2}) ",
        "~SEQx(A, 0x7fffffffffffffff) ", "include f", "includea {f,g*,?}", "${_PWD}", "$_RANDOM", "${_ENV HOME}", "$_HASH",
    ];

    [Fact]
    public void SiteFiles_MutatedAtRandom_AreReadWithoutFail()
    {
        string[] texts = [.. Repository.Sites().Select(Repository.Site)];
        for (int seed = 0; seed < SeedCount; seed++)
        {
            var random = new Prng((ulong)seed);
            string text = texts[seed % texts.Length];
            int changeCount = 1 + random.NextInt(12);
            for (int change = 0; change < changeCount; change++)
            {
                text = Mutate(text, random);
            }

            CheckReading($"seed {seed}", text);
        }
    }

    [Fact]
    public void SiteFile_CutAnywhere_IsReadWithoutFail()
    {
        string text = Repository.Site("evening-master.conf");
        for (int length = 0; length <= text.Length; length++)
        {
            CheckReading($"length {length}", text[..length]);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("a {")]
    [InlineData("virtual_server 1.1.1.1 1 {\n")]
    [InlineData("vrrp_instance x {\nauthentication {\n")]
    [InlineData("\"")]
    [InlineData("\\#")]
    [InlineData("${")]
    [InlineData("nonsense_word_of_some_length 1\n")]
    [InlineData("vrrp_script s {\n}\n")]
    [InlineData("$A=${A} ${A}\nx $A\n")]
    [InlineData("${A} ")]
    [InlineData("$A")]
    [InlineData("~SEQ(A, 1) ")]
    [InlineData("~LST(A, {")]
    [InlineData("@a ")]
    [InlineData("$B= \\\n$B \\\n\n$B\n")]
    [InlineData("include {a,b}{c,d}\n")]
    [InlineData("include {")]
    [InlineData("x \\\n")]
    [InlineData("\0\u0001\u007f ")]
    public void OneThing_RepeatedManyTimes_IsReadInTime(string piece)
    {
        string text = new StringBuilder().Insert(0, piece, 20_000).ToString();
        ConfigResult result = CheckReading(piece, text);
        Assert.InRange(result.Diagnostics.Length, 1, 1001);
    }

    [Fact]
    public void Nesting_OfAHundredThousandBlocks_IsOneComplaintPerBlockThatMatters()
    {
        string text = string.Concat(Enumerable.Repeat("deeper {\n", 100_000)) + string.Concat(Enumerable.Repeat("}\n", 100_000));
        Diagnostic only = Assert.Single(CheckReading("nesting", text).Diagnostics);
        Assert.Equal("PM1002", only.Descriptor.Code);
    }

    [Fact]
    public void ThousandsOfMistakes_Read_TellsHowManyAreNotShown()
    {
        string text = string.Concat(Enumerable.Repeat("xyzzy 1\n", 1500));
        ConfigResult result = ConfigReader.Read("f", text);
        Assert.Equal(1001, result.Diagnostics.Length);
        Assert.Equal("500 more complaints are not shown", result.Diagnostics[^1].Message);
    }

    [Fact]
    public void BytesThatAreNoText_Read_AreRefusedByPlace()
    {
        string text = Encoding.UTF8.GetString([.. "router"u8, 0xff, 0xfe, .. " {\n}\n"u8]);
        Assert.Contains(ConfigReader.Read("f", text).Diagnostics, d => d.Descriptor.Code == "PM1028" && d.Span.Column == 7);
    }

    // A few letters that would write more than any memory holds.
    [Theory]
    [InlineData("~SEQ(A, 1000000) ~SEQ(B, 1000000) ~SEQ(C, 1000000) x $A $B $C\n")]
    [InlineData("~SEQ(A, 9223372036854775807) @nobody x\n")]
    [InlineData("$A=${B}${B}${B}${B}${B}${B}${B}${B}\n$B=${C}${C}${C}${C}${C}${C}${C}${C}\n$C=${D}${D}${D}${D}${D}${D}${D}${D}\n"
        + "$D=${E}${E}${E}${E}${E}${E}${E}${E}\n$E=${F}${F}${F}${F}${F}${F}${F}${F}\n$F=${G}${G}${G}${G}${G}${G}${G}${G}\n$G=xxxxxxxx\nx $A\n")]
    [InlineData("$A=x \\\n$B \\\n$B\n$B=x \\\n$C \\\n$C\n$C=x \\\n$A \\\n$A\n$A\n")]
    public void Expansion_WithoutEnd_IsOneComplaintByPlace(string text) =>
        Assert.Contains(CheckReading(text, text).Diagnostics, diagnostic => diagnostic.Descriptor.Code is "PM1037" or "PM1038");

    [Fact]
    public void SiteOfManyServers_WrittenBySequences_IsReadWhole()
    {
        const string Text = """
            $RS= \
                real_server 10.${A}.${B}.${C} 80 { \
                    weight 1 \
                    TCP_CHECK { \
                        connect_timeout 3 \
                        retry 2 \
                    } \
                }
            $VS= \
            virtual_server 11.${A}.${B}.1 80 { \
                lb_algo rr \
                lb_kind DR \
                protocol TCP \
                delay_loop 5 \
                ~SEQ(C, 1, 16) $RS \
            }
            ~SEQ(A, 1, 23) ~SEQ(B, 1, 100) $VS
            """;
        ConfigResult result = ConfigReader.Read("f", Text);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(2300, result.Configuration!.VirtualServers.Length);
        Assert.All(result.Configuration.VirtualServers, server => Assert.Equal(16, server.RealServers.Length));
    }

    // Each site cut into files at random lines, which are then mutated.
    [Fact]
    public void SiteOfSeveralFiles_MutatedAtRandom_IsReadWithoutFail()
    {
        string[] texts = [.. Repository.Sites().Select(Repository.Site)];
        for (int seed = 0; seed < SeedCount; seed++)
        {
            var random = new Prng((ulong)seed);
            string[] lines = texts[seed % texts.Length].Split('\n');
            int first = random.NextInt(lines.Length);
            int second = first + random.NextInt(lines.Length - first);
            var pieces = new Dictionary<string, string>
            {
                ["f"] = string.Join('\n', [.. lines[..first], "include g*", .. lines[second..]]),
                ["g1"] = string.Join('\n', lines[first..second]),
            };
            var files = new MemoryFiles();
            foreach ((string name, string text) in pieces)
            {
                files[name] = pieces[name] = seed % 4 == 0 ? text : Mutate(Mutate(text, random), random);
            }

            ConfigResult result = ConfigReader.Read(files, "f");
            Assert.All(result.Diagnostics, diagnostic => CheckSpan($"seed {seed}", diagnostic.Span, pieces[diagnostic.Span.File].Split('\n')));
            if (seed % 4 == 0)
            {
                string whole = ModelText.Of(ConfigReader.Read("f", texts[seed % texts.Length]).Configuration!);
                Assert.Equal(whole, ModelText.Of(result.Configuration!));
            }
        }
    }

    [Fact]
    public void Inclusions_ThatMultiply_AreRefusedByPlace()
    {
        var files = new MemoryFiles();
        for (int depth = 0; depth < 20; depth++)
        {
            files[$"{depth}"] = string.Concat(Enumerable.Repeat($"include {depth + 1}\n", 20));
        }

        ConfigResult result = ConfigReader.Read(files, "0");
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Descriptor.Code == "PM1032");
    }

    internal static string Mutate(string text, Prng random)
    {
        int at = random.NextInt(text.Length + 1);
        int length = Math.Min(random.NextInt(20), text.Length - at);
        string nasty = Nasty[random.NextInt(Nasty.Length)];
        return random.NextInt(6) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, nasty),
            2 => text.Insert(at, $"\n{nasty}\n"),
            3 => text.Remove(at, length).Insert(at, nasty),
            4 => text.Insert(random.NextInt(text.Length + 1), text.Substring(at, length)),
            _ => SwapLines(text, random),
        };
    }

    private static string SwapLines(string text, Prng random)
    {
        string[] lines = text.Split('\n');
        int first = random.NextInt(lines.Length);
        int second = random.NextInt(lines.Length);
        (lines[first], lines[second]) = (lines[second], lines[first]);
        return string.Join('\n', lines);
    }

    internal static ConfigResult CheckReading(string what, string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        bool hasErrors = result.Diagnostics.Any(diagnostic => diagnostic.IsError);
        Assert.True(hasErrors == (result.Configuration is null), $"{what}: errors and a configuration exclude each other");
        string[] lines = text.Split('\n');
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            CheckSpan(what, diagnostic.Span, lines);
            if (diagnostic.Related is { } related)
            {
                CheckSpan(what, related.Span, lines);
            }

            Assert.DoesNotContain(DiagnosticRenderer.OneLine(diagnostic), c => char.IsControl(c));
            Assert.DoesNotContain(
                DiagnosticRenderer.Human(diagnostic, result.Sources), c => char.IsControl(c) && c != '\n');
        }

        return result;
    }

    private static void CheckSpan(string what, SourceSpan span, string[] lines)
    {
        Assert.True(span.Line >= 1 && span.Line <= lines.Length, $"{what}: {span}: there is no such line");
        int end = span.Column - 1 + span.Length;
        Assert.True(
            span.Column >= 1 && span.Length >= 1 && end <= lines[span.Line - 1].Length + 1,
            $"{what}: {span}+{span.Length} is outside its line");
    }
}
