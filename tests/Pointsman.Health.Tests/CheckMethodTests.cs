namespace Pointsman.Health.Tests;

/// <summary>A reload compares checks by what they ask: lists that hold the same are the same.</summary>
public sealed class CheckMethodTests
{
    [Fact]
    public void Http_ReadTwice_IsTheSame()
    {
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
    }

    [Fact]
    public void Http_AnyDifference_IsAnother()
    {
        CheckMethod.Http made = Make();
        HttpPage page = made.Pages[0];
        CheckMethod.Http[] others =
        [
            made with { Dialect = HttpDialect.Http11 },
            made with { Tls = new TlsSettings() },
            made with { FastRecovery = true },
            made with { Pages = [page, page] },
            made with { Pages = [page with { Path = "/b" }] },
            made with { Pages = [page with { Host = "h" }] },
            made with { Pages = [page with { SniName = "h" }] },
            made with { Pages = [page with { Digest = "0" }] },
            made with { Pages = [page with { Pattern = new BodyPattern("y") }] },
            made with { Pages = [page with { MustCloseTls = true }] },
            made with { Pages = [page with { StatusCodes = [new HttpStatusRange(200, 201)] }] },
        ];

        Assert.All(others, other => Assert.NotEqual(made, other));
    }

    private static CheckMethod.Http Make() => new(HttpDialect.Http10, [new HttpPage("/a")
    {
        StatusCodes = [new HttpStatusRange(200, 200)],
        Pattern = new BodyPattern("x"),
    }]);
}
