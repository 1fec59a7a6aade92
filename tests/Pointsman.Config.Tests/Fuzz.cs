using Pointsman.Base;
using Pointsman.Config.Effective;
using Pointsman.Config.Formatting;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>
/// Files made from the corpus by chance, and by what earlier ones led to: one that causes a complaint which none has caused
/// is a parent of others. Whatever comes: it is read without fail, laid out without a change of meaning, and shown so that
/// it reads the same. A run of a fixed length from a fixed seed is part of the tests; <c>FUZZ_COUNT</c> and <c>FUZZ_SEED</c>
/// make it another, and <c>FUZZ_KEEP=1</c> keeps what caused a new complaint in <c>Corpus</c>.
/// </summary>
public sealed class Fuzz
{
    private const int UsualCount = 150;
    private const int LengthLimit = 20_000;

    private static readonly string Folder = Path.Combine(Repository.TestRoom, "Corpus");

    private readonly List<string> _parents = [];
    private readonly HashSet<string> _codes = [];

    [Fact]
    public void FilesMadeByChance_AreReadLaidOutAndShown()
    {
        foreach (string path in Directory.GetFiles(Folder, "*.conf").Order(StringComparer.Ordinal))
        {
            string text = File.ReadAllText(path);
            Try(Path.GetFileName(path), text);

            // What repeats itself without end takes long to be given up.
            if (!text.Contains('~'))
            {
                _parents.Add(text);
            }
        }

        string[] sites = [.. Repository.Sites().Select(Repository.Site), WorkingKeywordTests.Everything];
        Assert.All(sites, site => Try("a site", site));
        _parents.AddRange(sites);
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out ulong given) ? given : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_COUNT"), out int asked) ? asked : UsualCount;
        var random = new Prng(seed);
        for (int i = 0; i < count; i++)
        {
            string child = Child(random);
            string name = $"seed {seed}, number {i}";
            if (Try(name, child))
            {
                Keep(child);
                _parents.Add(child);
            }
        }
    }

    private string Child(Prng random)
    {
        string child = _parents[random.NextInt(_parents.Count)];
        if (random.NextInt(4) == 0)
        {
            string other = _parents[random.NextInt(_parents.Count)];
            child = child[..random.NextInt(child.Length + 1)] + other[random.NextInt(other.Length + 1)..];
        }

        for (int change = random.NextInt(8); change >= 0; change--)
        {
            child = MutationTests.Mutate(child, random);
        }

        return child.Length > LengthLimit ? child[..LengthLimit] : child;
    }

    /// <summary>True when it caused a complaint that nothing before it did.</summary>
    private bool Try(string name, string text)
    {
        try
        {
            ConfigResult result = MutationTests.CheckReading(name, text);
            CheckLayout(text, result);
            if (result.Configuration is { } configuration)
            {
                string shown = EffectiveText.Of(EffectiveModel.Of(configuration, result.Places), "f");
                Assert.Equal(ModelText.Of(configuration), ModelText.Of(MutationTests.CheckReading(name, shown).Configuration!));
            }

            return result.Diagnostics.Aggregate(false, (isNew, diagnostic) => _codes.Add(diagnostic.Descriptor.Code) || isNew);
        }
        catch (Exception failure)
        {
            string path = Path.Combine(Path.GetTempPath(), "pointsman-fuzz.conf");
            File.WriteAllText(path, text);
            throw new InvalidOperationException($"{name}: put {path} into {Folder} under a name that tells the mistake", failure);
        }
    }

    private static void CheckLayout(string text, ConfigResult result)
    {
        if (Formatter.Format("f", text).Text is { } formatted)
        {
            Assert.Equal(formatted, Formatter.Format("f", formatted).Text);
            ConfigResult again = ConfigReader.Read("f", formatted);
            Assert.Equal(result.Configuration is null, again.Configuration is null);
            if (result.Configuration is { } configuration)
            {
                Assert.Equal(ModelText.Of(configuration), ModelText.Of(again.Configuration!));
            }
        }
    }

    // Without the lines that do not matter for the complaint.
    private static void Keep(string text)
    {
        if (Environment.GetEnvironmentVariable("FUZZ_KEEP") != "1")
        {
            return;
        }

        string code = ConfigReader.Read("f", text).Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code)
            .First(code => !File.Exists(PathOf(code)));
        List<string> lines = [.. text.Split('\n')];
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            List<string> fewer = [.. lines[..i], .. lines[(i + 1)..]];
            if (ConfigReader.Read("f", string.Join('\n', fewer)).Diagnostics.Any(diagnostic => diagnostic.Descriptor.Code == code))
            {
                lines = fewer;
            }
        }

        File.WriteAllText(PathOf(code), string.Join('\n', lines));
    }

    private static string PathOf(string code) => Path.Combine(Folder, $"{code}.conf");
}
