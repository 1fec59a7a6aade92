using Pointsman.Config.Judgement;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>
/// Every code has a page, and every page is true: its example is refused with exactly the words it shows, and what it
/// tells to type is read without a complaint. <c>UPDATE=1</c> rewrites the words; the diff is the review.
/// </summary>
public sealed class DiagnosticPageTests
{
    private const string FileName = "keepalived.conf";
    private const string InputFence = "```conf\n";
    private const string OutputFence = "```text\n";
    private const string FenceEnd = "```\n";

    // One has no file, the other needs a thousand mistakes: they have tests of their own below.
    private static readonly string[] WithoutExample = ["PM1000", "PM1027"];

    private static string Folder => SourceTree.PathOf("docs", "diagnostics");

    /// <summary>What the reader complains of, and what is judged of what it read.</summary>
    public static IEnumerable<DiagnosticDescriptor> Everything => DiagnosticCatalogue.All.Concat(JudgementCatalogue.All);

    public static TheoryData<string> Examples =>
        [.. DiagnosticCatalogue.All.Select(descriptor => descriptor.Code).Except(WithoutExample)];

    [Fact]
    public void Pages_Listed_AreThoseOfTheCatalogue()
    {
        IEnumerable<string> pages = Directory.GetFiles(Folder, "PM*.md").Select(path => Path.GetFileNameWithoutExtension(path)!).Order();
        Assert.Equal(Everything.Select(descriptor => descriptor.Code).Order(), pages);
    }

    [Fact]
    public void Catalogue_Listed_HasEachFieldOnceAndEachCodeOnce()
    {
        IEnumerable<string> fields = typeof(DiagnosticCatalogue).GetFields().Concat(typeof(JudgementCatalogue).GetFields())
            .Select(field => ((DiagnosticDescriptor)field.GetValue(null)!).Code);
        Assert.Equal(fields.Order(), Everything.Select(descriptor => descriptor.Code).Order());
        Assert.Distinct(Everything.Select(descriptor => descriptor.Code));
    }

    [Fact]
    public void EveryPage_Read_SaysWhatItMeansAndWhatToType() => Assert.All(Everything, descriptor =>
    {
        string page = Page(descriptor.Code);
        Assert.StartsWith($"# {descriptor.Code}: ", page, StringComparison.Ordinal);
        Assert.Contains("\n## What to type\n", page, StringComparison.Ordinal);
    });

    [Fact]
    public void FileThatIsNotThere_IsRefusedInTheWordsOfItsPage() => CheckWords(
        "PM1000", DiagnosticRenderer.Human(ConfigReader.Read(new Unreadable("No such file or directory"), "/etc/keepalived/keepalived.conf")));

    [Fact]
    public void FileOfFifteenHundredMistakes_IsCountedInTheWordsOfItsPage()
    {
        ConfigResult result = ConfigReader.Read(FileName, string.Concat(Enumerable.Repeat("server {\n}\n", 1500)));
        Assert.Equal(1001, result.Diagnostics.Length);
        CheckWords("PM1027", DiagnosticRenderer.Human(result with
        {
            Diagnostics = [.. result.Diagnostics.Where(diagnostic => diagnostic.Descriptor.Code == "PM1027")],
        }));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Read_IsRefusedInTheWordsOfItsPage(string code)
    {
        string page = Page(code);
        ConfigResult result = Read(Between(page, InputFence, page.IndexOf(InputFence, StringComparison.Ordinal)));
        string actual = DiagnosticRenderer.Human(result);
        int output = page.IndexOf(OutputFence, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            int start = output + OutputFence.Length;
            int end = page.IndexOf(FenceEnd, start, StringComparison.Ordinal);
            page = page[..start] + actual + page[end..];
            File.WriteAllText(PathOf(code), page);
        }

        Assert.Equal(Between(page, OutputFence, output), actual);
        Assert.All(result.Diagnostics, diagnostic =>
        {
            Assert.Equal(code, diagnostic.Descriptor.Code);
            Assert.NotNull(diagnostic.Label ?? diagnostic.Hint);
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Remedy_Read_IsFine(string code)
    {
        string page = Page(code);
        string remedy = Between(page, InputFence, page.LastIndexOf(InputFence, StringComparison.Ordinal));
        Assert.Equal("", DiagnosticRenderer.Human(Read(remedy)));
    }

    // Beside the file of an example stands one with a virtual router that is as it should be.
    private static ConfigResult Read(string text) => ConfigReader.Read(
        new MemoryFiles
        {
            [FileName] = text,
            ["vrrp.conf"] = "vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    virtual_ipaddress {\n"
                + "        192.168.1.200\n    }\n}\n",
        },
        FileName,
        new ConfigReaderOptions { ConfigId = "north" });

    private static string Between(string page, string fence, int fenceAt)
    {
        int start = fenceAt + fence.Length;
        return page[start..page.IndexOf(FenceEnd, start, StringComparison.Ordinal)];
    }

    private static string Page(string code) => File.ReadAllText(PathOf(code));

    private static string PathOf(string code) => Path.Combine(Folder, $"{code}.md");

    private static void CheckWords(string code, string actual)
    {
        string page = Page(code);
        int start = page.IndexOf(OutputFence, StringComparison.Ordinal) + OutputFence.Length;
        int end = page.IndexOf(FenceEnd, start, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            page = page[..start] + actual + page[end..];
            end = start + actual.Length;
            File.WriteAllText(PathOf(code), page);
        }

        Assert.Equal(page[start..end], actual);
    }

    private sealed class Unreadable(string why) : IConfigSource
    {
        public bool TryRead(string path, out string text, out string error)
        {
            (text, error) = ("", why);
            return false;
        }

        public ConfigFileKind KindOf(string path) => ConfigFileKind.Missing;

        public IReadOnlyList<string> NamesIn(string folder) => [];
    }
}
