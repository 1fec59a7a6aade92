using System.Globalization;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary><c>track_file</c>.</summary>
internal static class TrackFileGrammar
{
    public static BlockGrammar<TrackFileConfig> Block { get; } = new("track_file",
    [
        new("file", Argument.Text("a path"), "the file; its number is 0 while it is not there", (file, setting) =>
            file with { Path = setting.Value.Text })
        { IsRequired = true },

        new("weight", Argument.Weight(Limits.TrackWeightMost + 1), "what the number is multiplied with; 0: any number but 0 is a fault",
            (file, setting) => file with { Weight = setting.Whole, Reverse = setting.Value.IsOn })
        { Default = "1" },

        new("init_file", Argument.OptionalTexts("[NUMBER] [overwrite]"), "make the file at start", TakeInitialNumber)
        { Default = "the file is left as it is" },
    ])
    {
        Blank = () => new TrackFileConfig("", default),
    };

    private static TrackFileConfig TakeInitialNumber(TrackFileConfig file, Setting setting)
    {
        int number = 0;
        bool overwrites = false;
        foreach (Word word in setting.Statement.Arguments)
        {
            if (word.Text == "overwrite")
            {
                overwrites = true;
            }
            else if (!int.TryParse(word.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            {
                ArgumentReader.ReportWrong(word, "a whole number, or `overwrite`", setting.Sink);
                return file;
            }
        }

        return file with { InitialNumber = number, Overwrites = overwrites };
    }
}
