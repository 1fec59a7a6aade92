using System.CommandLine;
using System.CommandLine.Help;
using Pointsman.App.Ipvsadm;

namespace Pointsman.App.Tests;

/// <summary>The manual page names every verb and option there is.</summary>
public sealed class ManualPageTests
{
    private static readonly string Page = UserPages.Read("docs/man/pointsman.8").Replace("\\-", "-", StringComparison.Ordinal);

    [Fact]
    public void Verbs_AndTheirOptions_AreAllThere()
    {
        foreach (Command verb in PointsmanCommand.Root().Subcommands)
        {
            Assert.Contains($".SS {verb.Name}\n", Page, StringComparison.Ordinal);
            string chapter = Between(".SH SYNOPSIS", ".SH THE NAME");
            Assert.All(
                verb.Subcommands.SelectMany(part => part.Options).Concat(verb.Options)
                    .Where(option => option is not (HelpOption or { Hidden: true }))
                    .SelectMany(option => option.Aliases.Append(option.Name)),
                name => Assert.Contains(name, chapter, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Ipvsadm_OptionsOfTheList_AreAllThere()
    {
        string chapter = Between(".SH THE NAME ipvsadm", ".SH FILES");
        Assert.All(
            ["-n", "-c", "--timeout", "--daemon", "--stats", "--rate", "--exact", "--thresholds", "--persistent-conn",
                "--tun-info", "--sort", "--nosort", "-t", "-u", "--sctp-service", "-f", "-v", "-h"],
            option =>
            {
                Assert.Contains(IpvsadmSyntax.All, known => $"-{known.Short}" == option || $"--{known.Long}" == option);
                Assert.Contains(option, chapter, StringComparison.Ordinal);
            });
    }

    private static string Between(string first, string last)
    {
        int start = Page.IndexOf(first, StringComparison.Ordinal);
        return Page[start..Page.IndexOf(last, start, StringComparison.Ordinal)];
    }
}
