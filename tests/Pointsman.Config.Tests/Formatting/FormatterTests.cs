using Pointsman.Base;
using Pointsman.Config.Formatting;
using Xunit;

namespace Pointsman.Config.Tests.Formatting;

/// <summary>A formatted file means what it meant, has all its comments, and is not changed by formatting it again.</summary>
public sealed class FormatterTests
{
    private const int SeedCount = 250;

    private static readonly string[] Nasty =
    [
        " ", "\t", "\n", "\r\n", "\n\n\n", "{", "}", " { ", " } ", "}\n}", "\"", "\"a  b\"", "'", "'a  b'", "\\", "\\\n", "\\ \n", "#", "# c", " ! c ", "a#b",
        "$A", "${A}", "\n$A= 1  2\n", "\n$B= \\\n a  b \\\n\n", "$B", "\n@id  a  b\n", "\n@^id a {\n", "\n@id }\n", "\n~SEQ(A, 2) x  $A\n",
        "\ninclude  g\n", "\n@id include g\n", "\n{", "\n# c\n{", " # c\n{ # d\n", "\f", "\v", "\u00a0", "\ufeff", "\0", "weight 1",
    ];

    public static TheoryData<string> Files =>
    [
        .. Repository.Sites().Select(name => Path.Combine("Sites", name)),
        .. Repository.Goldens().Select(name => Path.Combine("Files", name)),
    ];

    [Fact]
    public void File_Formatted_IsLaidOutAsWritten() => Assert.Equal(
        """
        # of the whole file
        global_defs {
            router_id lb1 # its name
        }
        include conf.d/*.conf
        $VIP=10.0.0.1
        $CHECK= \
          TCP_CHECK  { \
           connect_timeout 3 \
          }

        vrrp_instance VI_1 { # the only one
            interface eth0
            authentication {
                auth_type PASS
                auth_pass "a # b"
            }
            #pointsman: check_road off
            @lb1 priority  100
            @^lb1 priority  50
            notify '/bin/x  a'  "b  c"
        }

        virtual_server   $VIP  80 {
            ~SEQ(N, 1, 3)  real_server 10.0.0.$N 80 {
                weight 1
                $CHECK
            }
        }

        """,
        Format("""


            # of the whole file
            global_defs
            {

             router_id    lb1   # its name

            }
            include conf.d/*.conf
            $VIP=10.0.0.1
            $CHECK= \
              TCP_CHECK  { \
               connect_timeout 3 \
              }



            vrrp_instance VI_1   # the only one
            {
            		interface	eth0
                  authentication { auth_type PASS
                   auth_pass "a # b" }
              #pointsman: check_road off
            @lb1 priority  100
            @^lb1 priority  50
               notify '/bin/x  a'  "b  c"
            }

            virtual_server   $VIP  80 {
            ~SEQ(N, 1, 3)  real_server 10.0.0.$N 80 {
             weight 1
            $CHECK
             } }


            """.ReplaceLineEndings("\r\n")));

    [Fact]
    public void ConditionsThatOpenOneBlock_Formatted_CountOnce() => Assert.Equal(
        "@a vrrp_instance A {\n@b vrrp_instance B {\n    interface eth0\n}\n",
        Format("@a vrrp_instance A {\n  @b vrrp_instance B {\ninterface   eth0\n}"));

    [Theory]
    [InlineData("a { include b\n}\n")]
    [InlineData("a { @b c\n}\n")]
    [InlineData("a { ~SEQ(A, 2) b\n}\n")]
    [InlineData("a b #pointsman: on_split_brain yield {\n{\n}\n")]
    public void WordBehindABrace_ThatWouldBeMoreAtTheBeginOfALine_StaysWhereItIs(string text) => Assert.Equal(text, Format(text));

    [Fact]
    public void WordThatEndsAtAMark_Formatted_StaysSuspicious() => Assert.Equal("auth_pass ab#cd\n", Format("  auth_pass   ab#cd"));

    [Fact]
    public void DefinitionBeforeABrace_Formatted_StillEndsAtItsEmptyLine() =>
        Assert.Equal("a {\n    $X= \\\n b \\\n\n}\n", Format("a {\n$X= \\\n b \\\n\n}\n"));

    [Theory]
    [InlineData("a {\n b {\n}\n", "PM1001")]
    [InlineData("a {\n}\n}\n", "PM1005")]
    [InlineData("a \"b\n", "PM1007")]
    [InlineData("a b \\\nc\n", "PM1040")]
    [InlineData("\ufeffa b\n", "PM1023")]
    public void FileThatCannotBeRead_Formatted_IsRefused(string text, string code)
    {
        FormatResult result = Formatter.Format("f", text);
        Assert.Null(result.Text);
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Descriptor.Code == code);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void SampleFile_Formatted_MeansTheSame(string name) =>
        Check(name, File.ReadAllText(Path.Combine(Repository.TestRoom, name)), Path.GetDirectoryName(name)!);

    [Fact]
    public void DebianSamples_Formatted_MeanTheSame()
    {
        const string Folder = "/usr/share/doc/keepalived/samples";
        Assert.SkipUnless(Directory.Exists(Folder), $"keepalived's samples are not in {Folder}");
        foreach (string path in Directory.GetFiles(Folder, "*.conf*"))
        {
            Check(path, File.ReadAllText(path), "");
        }
    }

    // Wherever blanks, line ends, comments and braces are put, what is laid out means what was typed.
    [Fact]
    public void SiteFiles_MutatedAtRandom_MeanTheSameWhenFormatted()
    {
        string[] texts = [.. Repository.Sites().Select(Repository.Site), WorkingKeywordTests.Everything];
        int formattedCount = 0;
        for (int seed = 0; seed < SeedCount; seed++)
        {
            var random = new Prng((ulong)seed);
            string text = texts[seed % texts.Length];
            for (int change = random.NextInt(6); change >= 0; change--)
            {
                text = text.Insert(random.NextInt(text.Length + 1), Nasty[random.NextInt(Nasty.Length)]);
            }

            formattedCount += Check($"seed {seed}", text, "") ? 1 : 0;
        }

        Assert.InRange(formattedCount, SeedCount / 4, SeedCount);
    }

    private static bool Check(string what, string text, string folder)
    {
        if (Formatter.Format("f", text).Text is not { } formatted)
        {
            return false;
        }

        Assert.Equal(formatted, Formatter.Format("f", formatted).Text);
        foreach (string id in (string[])["id", "north", "other"])
        {
            Assert.Equal($"{what}: {Read(text, id, folder)}", $"{what}: {Read(formatted, id, folder)}");
        }

        return true;
    }

    // What is read, and what is complained of, without places. Which block lacks its brace is guessed from the indentation.
    private static string Read(string text, string id, string folder)
    {
        ConfigResult result = ConfigReader.Read(
            new OneChangedFile(Path.Combine(Repository.TestRoom, folder), text), "f", new ConfigReaderOptions { ConfigId = id, Variable = _ => "prague" });
        return result.Configuration is { } configuration
            ? ModelText.Of(configuration) + Sorted(result.Diagnostics.Select(diagnostic => $"{diagnostic.Descriptor.Code} {diagnostic.Message}"))
            : Sorted(result.Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code));
    }

    private static string Sorted(IEnumerable<string> said) => string.Join('\n', said.Order(StringComparer.Ordinal));

    private static string? Format(string text) => Formatter.Format("f", text).Text;

    /// <summary>A folder in which one file has another text.</summary>
    private sealed class OneChangedFile(string folder, string text) : IConfigSource
    {
        private readonly FolderFiles _files = new(folder);

        public bool TryRead(string path, out string read, out string error)
        {
            (read, error) = (text, "");
            return path == "f" || _files.TryRead(path, out read, out error);
        }

        public ConfigFileKind KindOf(string path) => path == "f" ? ConfigFileKind.File : _files.KindOf(path);

        public IReadOnlyList<string> NamesIn(string path) => _files.NamesIn(path);
    }
}
