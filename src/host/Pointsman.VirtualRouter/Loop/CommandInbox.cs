using System.Collections.Concurrent;
using System.Text.Json;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Commands for the real-time thread: read and parsed on a thread of their own, so that the real-time thread only takes
/// records from a queue when <see cref="Wake"/> says there are some.
/// </summary>
internal sealed class CommandInbox(TextReader input) : IDisposable
{
    private readonly ConcurrentQueue<RoleCommand> _commands = new();

    internal WakeEvent Wake { get; } = new();

    internal void StartReading() => new Thread(Read) { IsBackground = true, Name = "vrrp-commands" }.Start();

    /// <summary>Any thread may post.</summary>
    internal void Post(RoleCommand command)
    {
        _commands.Enqueue(command);
        Wake.Signal();
    }

    internal bool TryTake(out RoleCommand? command) => _commands.TryDequeue(out command);

    public void Dispose() => Wake.Dispose();

    private void Read()
    {
        try
        {
            while (input.ReadLine() is { } line)
            {
                if (line.Length == 0)
                {
                    Post(RoleCommand.Beat.Instance);
                }
                else if (JsonSerializer.Deserialize(line, RoleJson.Default.RoleCommand) is { } command)
                {
                    Post(command);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            // A parent that died in the middle of a line, or does not speak our language, is no parent.
            Console.Error.WriteLine($"vrrp-role: input ended: {broken.Message}");
        }

        Post(new RoleCommand.ParentGone());
    }
}
