using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Pointsman.App.Genhash;

namespace Pointsman.App.Tests.Genhash;

/// <summary>The program under the name genhash prints what keepalived's genhash prints, beside which it is run.</summary>
public sealed partial class GenhashTests
{
    private const string Original = "/usr/bin/genhash";

    private const string Page = "HTTP/1.0 200 OK\r\nServer: x\r\nContent-Length: 40\r\n\r\nThe quick brown fox\njumps \u00e4 \u007f\u0001 over dog\n";

    public static TheoryData<string> WrongLines =>
    [
        "", "-h", "-x", "-s", "--nonsense", "-s 127.0.0.1 -p 80", "-p 80 -u /", "-s foo -p 80 -u /", "-s 127.0.0.1 -p 99999 -u /",
        "-s 127.0.0.1 -p 0 -u /", "-s 127.0.0.1 -p 80x -u /", "-s 127.0.0.1 -p 80 -u / -P 2", "-s 127.0.0.1 -p 80 -u / -m x",
        "-s 127.0.0.1 -p 80 -u / -t x", "-s 127.0.0.1 -p 80 -u / junk more",
    ];

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void CommandLine_NotUnderstood_IsAnsweredLikeTheOriginal(string line)
    {
        Assert.Equal(RunOriginal(line), RunOurs(line));
    }

    [Theory]
    [InlineData("-s 127.0.0.1 -p PORT -u /")]
    [InlineData("-s127.0.0.1 -pPORT -u/x")]
    [InlineData("--server=127.0.0.1 --port PORT --url=/ --protocol 1.1 --use-virtualhost h")]
    [InlineData("-s 127.0.0.1 -p PORT -u / -P 1.0c -t 9 -v")]
    public async Task Page_Asked_GivesTheSameLines(string line)
    {
        (int port, Task serving) = Serve(Page, clients: 2);
        line = line.Replace("PORT", $"{port}", StringComparison.Ordinal);

        Assert.Equal(WithoutTime(RunOriginal(line)), WithoutTime(RunOurs(line)));
        await serving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task NothingComesBack_IsSaidOnStandardError()
    {
        (int port, Task serving) = Serve("", clients: 2);
        string line = $"-s 127.0.0.1 -p {port} -u /";

        Assert.Equal(RunOriginal(line), RunOurs(line));
        await serving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void NobodyListens_IsNoFailureOfTheProgram()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string line = $"-s 127.0.0.1 -p {((IPEndPoint)taken.LocalEndPoint!).Port} -u /";

        Assert.Equal((0, "Connection failed\n", ""), RunOurs(line));
        Assert.Equal(RunOriginal(line), RunOurs(line));
    }

    private static (int Port, Task Serving) Serve(string answer, int clients)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return (((IPEndPoint)listener.LocalEndPoint!).Port, ServeAsync());

        async Task ServeAsync()
        {
            using Socket closing = listener;
            for (int i = 0; i < clients; i++)
            {
                using Socket client = await listener.AcceptAsync();
                await client.ReceiveAsync(new byte[4096]);
                await client.SendAsync(Encoding.Latin1.GetBytes(answer));
                client.Shutdown(SocketShutdown.Both);
            }
        }
    }

    private static (int Code, string Output, string Error) RunOurs(string line)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = GenhashProgram.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static (int Code, string Output, string Error) RunOriginal(string line)
    {
        Assert.SkipUnless(File.Exists(Original), $"{Original} is not here: install the Debian package keepalived");
        using Process process = Process.Start(new ProcessStartInfo(Original, line)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        // It names itself by the path it was started with.
        return (process.ExitCode, output, error.Result.Replace($"Usage: {Original}", "Usage: genhash", StringComparison.Ordinal));
    }

    private static (int Code, string Output, string Error) WithoutTime((int Code, string Output, string Error) run) =>
        run with { Output = Time().Replace(run.Output, "= N usecs") };

    [GeneratedRegex("= [0-9]+ usecs")]
    private static partial Regex Time();
}
