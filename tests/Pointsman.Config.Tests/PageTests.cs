using Pointsman.Config.Grammar;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>The pages for operators say what the reader does. <c>UPDATE=1</c> rewrites what is rendered.</summary>
public sealed class PageTests
{
    private const string Begin = "<!-- rendered -->\n";
    private const string End = "<!-- end -->\n";

    [Fact]
    public void ConfigurationPage_Compared_IsTheKeywordTable() =>
        CheckRendered("configuration.md", GrammarTable.Render());

    [Fact]
    public void DiagnosticIndex_Compared_NamesEveryPageByItsTitle() =>
        CheckRendered("diagnostics/README.md", string.Concat(DiagnosticPageTests.Everything.Select(IndexLine)));

    [Fact]
    public void EveryKeyword_InTheTable_HasADefaultOrASayOnWhatHappensWithout() =>
        Assert.All(
            Language.Blocks.SelectMany(block => block.Keywords),
            keyword => Assert.True(
                keyword is { IsRequired: true } or { Default: not null } or { Opens: not null }
                    or { OldNameOf: not null } or { SameAs: not null } or { ObsoleteBecause: not null }
                    or { NoEffectBecause: not null } or { Argument.Kind: ArgumentKind.Nothing },
                keyword.Name));

    [Fact]
    public void RequiredKeyword_LeftOut_IsAnError()
    {
        const string Text = """
            vrrp_script chk {
                script /bin/true
                user nobody
            }
            track_file	drain {
                file /run/drain
            }
            vrrp_track_process web {
                process nginx
            }
            bfd_instance core {
                neighbor_ip 10.0.0.7
            }
            SSL {
                certificate /etc/client.pem
            }
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                track_script {
                    chk
                }
                virtual_ipaddress {
                    10.0.0.1
                }
            }
            virtual_server 10.0.0.1 80 {
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 10.0.0.2 80 {
                    TCP_CHECK {
                    }
                    MISC_CHECK {
                        misc_path /bin/true
                        user nobody
                    }
                    FILE_CHECK {
                        track_file drain
                    }
                    BFD_CHECK {
                        name core
                    }
                    HTTP_GET {
                        url {
                            path /x
                        }
                    }
                }
            }
            """;
        Assert.Empty(ConfigReader.Read("f", Text).Diagnostics);
        string[] lines = Text.Split('\n');
        foreach (Keyword keyword in Language.Blocks.SelectMany(block => block.Keywords).Where(keyword => keyword is { IsRequired: true, Opens: null }))
        {
            IEnumerable<string> others = lines.Where(line => !line.TrimStart().StartsWith($"{keyword.Name} ", StringComparison.Ordinal));
            Assert.True(Assert.Single(ConfigReader.Read("f", string.Join('\n', others)).Diagnostics).IsError, keyword.Name);
        }
    }

    [Fact]
    public void PageCheck_WithoutAPage_IsAnError()
    {
        const string Text = "virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.0.0.2 80 {\nSSL_GET {\n}\n}\n}\n";
        Assert.Equal("`SSL_GET` has no `url`", Assert.Single(ConfigReader.Read("f", Text).Diagnostics).Message);
    }

    private static string IndexLine(DiagnosticDescriptor descriptor)
    {
        string path = SourceTree.PathOf("docs", "diagnostics", $"{descriptor.Code}.md");
        string title = File.ReadLines(path).First()[$"# {descriptor.Code}: ".Length..];
        return $"- {DiagnosticRenderer.Word(descriptor.Severity)} [{descriptor.Code}]({descriptor.Code}.md): {title}\n";
    }

    private static void CheckRendered(string page, string rendered)
    {
        string path = SourceTree.PathOf("docs", page);
        string text = File.ReadAllText(path);
        int start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, start, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            text = text[..start] + rendered + text[end..];
            end = start + rendered.Length;
            File.WriteAllText(path, text);
        }

        Assert.Equal(rendered, text[start..end]);
    }
}
