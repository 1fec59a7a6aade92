using System.Collections.Immutable;
using System.Text.Json;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.ByHand;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Run;

/// <summary>The settings by hand between one run and the next: a file in the run directory, which a reboot empties.</summary>
internal sealed class HandFile(string path)
{
    /// <param name="fault">It is there and cannot be used: what was set by hand is forgotten.</param>
    internal HandTable Read(out string? fault)
    {
        fault = null;
        try
        {
            HandNote[] notes = JsonSerializer.Deserialize(File.ReadAllBytes(path), HandJson.Default.HandNoteArray) ?? [];
            return new HandTable([.. notes.Where(note => !IsOfTimeouts(note)).Select(Entry)])
            {
                Timeouts = notes.FirstOrDefault(IsOfTimeouts) is { } timeouts ? Timeouts(timeouts) : null,
            };
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return HandTable.Empty;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException or JsonException or FormatException or ArgumentException)
        {
            fault = $"{path} cannot be read, what was set by hand is forgotten: {cannot.Message}";
            return HandTable.Empty;
        }
    }

    /// <returns>Why it could not be written; null: it was.</returns>
    internal string? TryWrite(HandTable table)
    {
        try
        {
            string fresh = path + ".new";
            File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(Notes(table), HandJson.Default.HandNoteArray));
            File.Move(fresh, path, overwrite: true);
            return null;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written, a restart will forget what is set by hand: {cannot.Message}";
        }
    }

    private static bool IsOfTimeouts(HandNote note) => note.Protocol.Length == 0 && note.Address.Length == 0;

    private static HandTimeouts Timeouts(HandNote note) =>
        new(new LvsTimeoutsConfig(Seconds(note.TcpSeconds), Seconds(note.TcpFinSeconds), Seconds(note.UdpSeconds)), note.FileSaid);

    private static TimeSpan? Seconds(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;

    private static HandNote[] Notes(HandTable table) => table.Timeouts is not { } timeouts ? [.. table.Entries.Select(Note)]
        :
        [
            .. table.Entries.Select(Note),
            new HandNote
            {
                TcpSeconds = timeouts.Set.Tcp?.TotalSeconds,
                TcpFinSeconds = timeouts.Set.TcpFin?.TotalSeconds,
                UdpSeconds = timeouts.Set.Udp?.TotalSeconds,
                FileSaid = timeouts.FileSaid,
            },
        ];

    private static HandNote Note(HandEntry entry) => new()
    {
        Protocol = entry.Service.Protocol.ToString(),
        Address = entry.Service.Address.Address.ToString(),
        Port = entry.Service.Address.Port,
        Mark = entry.Service.Address.Mark,
        Server = entry.Server?.Address.ToString(),
        ServerPort = entry.Server?.Port ?? 0,
        FileSaid = entry.FileSaid,
        Algorithm = entry.AsService?.Algorithm.ToString(),
        Flags = (int)(entry.AsService?.Flags ?? 0),
        PersistenceSeconds = entry.AsService?.Persistence?.TotalSeconds,
        PersistencePrefixLength = entry.AsService?.PersistencePrefixLength ?? 0,
        PersistenceGaps = entry.AsService?.PersistenceGaps ?? 0,
        OnePacket = entry.AsService?.OnePacket ?? false,
        ByCall = entry.AsService?.ByCall ?? false,
        Kind = entry.AsServer?.Kind.ToString(),
        GuePort = entry.AsServer?.GuePort ?? 0,
        Weight = entry.AsServer?.Weight ?? 0,
        UpperThreshold = entry.AsServer?.UpperThreshold ?? 0,
        LowerThreshold = entry.AsServer?.LowerThreshold ?? 0,
    };

    private static HandEntry Entry(HandNote note) => new(
        new ServiceKey(Enum.Parse<TransportProtocol>(note.Protocol), new TransportEndpoint(IpAddress.Parse(note.Address), note.Port) { Mark = note.Mark }),
        note.Server is null ? null : new TransportEndpoint(IpAddress.Parse(note.Server), note.ServerPort),
        note.FileSaid)
    {
        AsService = note.Algorithm is null ? null : new HandService(
            Enum.Parse<LoadBalanceAlgorithm>(note.Algorithm),
            (SchedulerFlags)note.Flags,
            note.PersistenceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            note.PersistencePrefixLength)
        {
            PersistenceGaps = note.PersistenceGaps,
            OnePacket = note.OnePacket,
            ByCall = note.ByCall,
        },
        AsServer = note.Kind is null ? null : new HandServer(
            Enum.Parse<LoadBalanceKind>(note.Kind), note.Weight, note.UpperThreshold, note.LowerThreshold)
        {
            GuePort = note.GuePort,
        },
    };
}
