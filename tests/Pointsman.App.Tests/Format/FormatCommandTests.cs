using System.CommandLine;
using System.Text;
using Pointsman.App.Format;

namespace Pointsman.App.Tests.Format;

/// <summary><c>pointsman fmt</c> on files on disk: what it prints, what it changes, and what it leaves with.</summary>
public sealed class FormatCommandTests : IDisposable
{
    private const string Untidy = "a {\n\tb   1 # why\n  }\n";
    private const string Tidy = "a {\n    b 1 # why\n}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-fmt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_Formatted_IsPrintedAndNotChanged()
    {
        string path = Save(Untidy);
        Assert.Equal((0, Tidy, ""), Run(path));
        Assert.Equal(Untidy, File.ReadAllText(path));
    }

    [Fact]
    public void File_Checked_LeavesWith1WhenItWouldChange()
    {
        string[] files = [Save(Tidy), Save(Untidy)];
        Assert.Equal((1, $"{files[1]}:2: would change\n", ""), Run([.. files, "--check"]));
        Assert.Equal((0, "", ""), Run(files[0], "--check"));
    }

    [Fact]
    public void File_ComparedByDiff_IsAPatch_AndACodeWhenAsked()
    {
        string[] files = [Save(Tidy), Save(Untidy)];
        string patch = $"--- {files[1]}.orig\n+++ {files[1]}\n@@ -1,3 +1,3 @@\n a {{\n-\tb   1 # why\n-  }}\n+    b 1 # why\n+}}\n";
        Assert.Equal((0, patch, ""), Run([.. files, "--diff"]));
        Assert.Equal((1, patch, ""), Run([.. files, "--check", "-d"]));
        Assert.Equal((0, "", ""), Run(files[0], "--check", "--diff"));
        Assert.NotEqual(0, Run(files[1], "--write", "--diff").Code);
        Assert.Equal(Untidy, File.ReadAllText(files[1]));
    }

    [Fact]
    public void File_Written_KeepsItsModeAndItsLink()
    {
        string path = Save(Untidy);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        Assert.Equal((0, $"{link}: formatted\n", ""), Run(link, "--write"));
        Assert.Equal(Tidy, File.ReadAllText(path));
        Assert.Equal(path, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Equal((0, "", ""), Run(link, "--write"));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void FileThatLacksABrace_Written_IsLeftAsItIs()
    {
        string path = Save("vrrp_instance A {\n  interface   eth0\n");
        (int code, string output, string error) = Run(path, "--write");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("error[PM1001]", error, StringComparison.Ordinal);
        Assert.EndsWith($"{path}: not formatted: first put right what is wrong\n", error, StringComparison.Ordinal);
        Assert.Equal("vrrp_instance A {\n  interface   eth0\n", File.ReadAllText(path));
    }

    [Fact]
    public void CommentInAnOldEncoding_Written_KeepsItsBytes()
    {
        string path = Save("");
        File.WriteAllBytes(path, [.. "  a   1 # caf"u8, 0xe9, (byte)'\n']);
        Assert.Equal(0, Run(path, "--write").Code);
        Assert.Equal([.. "a 1 # caf"u8, 0xe9, (byte)'\n'], File.ReadAllBytes(path));
    }

    [Fact]
    public void MissingFile_IsTold() =>
        Assert.StartsWith("pointsman: cannot read ", Run(Path.Combine(_folder, "none")).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("a", "--write", "--check")]
    [InlineData("-", "--write")]
    [InlineData("a", "b")]
    [InlineData]
    public void PurposesThatExcludeOneAnother_AreRefused(params string[] arguments) =>
        Assert.NotEmpty(FormatCommand.Create().Parse(arguments).Errors);

    private string Save(string text)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = FormatCommand.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
