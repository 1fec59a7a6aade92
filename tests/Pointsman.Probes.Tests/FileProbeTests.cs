using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class FileProbeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pm-file").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, 2, 10, 10)]
    [InlineData("3\n", 2, 10, 16)]
    [InlineData("-3", 2, 10, 4)]
    [InlineData(" -9 ", 2, 10, 0)]
    [InlineData("3", -2, 10, 4)]
    [InlineData("70000", 1, 10, 65535)]
    [InlineData("", 1, 10, 10)]
    [InlineData("0", 0, 10, null)]
    public void Number_TimesItsFactor_IsAddedToTheWeight(string? text, int factor, int weight, int? becomes) =>
        Assert.Equal(becomes, Assert.IsType<ProbeOutcome.Success>(Read(text, factor, weight)).Weight);

    [Theory]
    [InlineData("1", 0)]
    [InlineData("-2147483648", 1)]
    [InlineData("2147483647", -2)]
    public void Number_ThatMeansAFailure_IsTold(string text, int factor) =>
        Assert.Equal($"track_file drain has {text}", Assert.IsType<ProbeOutcome.Wrong>(Read(text, factor, 1)).Reason);

    [Fact]
    public void Words_AreNoNumber() =>
        Assert.EndsWith("holds no whole number: 'a very long word ind...'", Read("a very long word indeed", 1, 1).Reason, StringComparison.Ordinal);

    private ProbeOutcome Read(string? text, int factor, int weight)
    {
        string path = Path.Combine(_folder, "f");
        if (text is not null)
        {
            File.WriteAllText(path, text);
        }

        return FileProbe.Read(new CheckMethod.File("drain", path, factor, weight));
    }
}
