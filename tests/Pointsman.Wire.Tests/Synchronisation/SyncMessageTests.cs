using System.Buffers.Binary;
using System.Text;
using Pointsman.Base;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Wire.Tests.Synchronisation;

/// <summary>Messages of IPVS's connection synchronisation: what is read, what is written, and each way in which bytes are none.</summary>
public sealed class SyncMessageTests
{
    // Two entries by the layout of version 1: a connection of IPv4, and one of IPv6 with an option that may be ignored.
    private const string V1 =
        "00 07 00 7c 02 01 0000"
        + "00 06 0024 00000083 0001 9c40 0050 0050 00000000 00000384 0a010002 0a010064 0a020016"
        + "01 11 004e 00000180 0000 ac44 0035 14e9 00000000 0000012c"
        + "20010db8000000000000000000000002 20010db8000000000000000000000064 20010db8000a00000000000000000016"
        + "49 04 01020304 0000";

    private static readonly SyncEntry Four = new()
    {
        Protocol = 6, Flags = (SyncFlags)3 | SyncFlags.NoOutput, State = 1, TimeoutSeconds = 900,
        Client = IpAddress.Parse("10.1.0.2"), ClientPort = 40000, Virtual = IpAddress.Parse("10.1.0.100"), VirtualPort = 80,
        Server = IpAddress.Parse("10.2.0.22"), ServerPort = 80,
    };

    private static readonly SyncEntry Six = new()
    {
        Protocol = 17, Flags = SyncFlags.NoOutput | SyncFlags.Inactive, TimeoutSeconds = 300,
        Client = IpAddress.Parse("2001:db8::2"), ClientPort = 44100, Virtual = IpAddress.Parse("2001:db8::64"), VirtualPort = 53,
        Server = IpAddress.Parse("2001:db8:a::16"), ServerPort = 5353,
    };

    private readonly List<SyncEntry> _entries = [];

    [Fact]
    public void BothFamilies_AreRead()
    {
        byte[] bytes = Padded(V1);
        Assert.Equal(SyncParseError.None, SyncMessage.TryParse(bytes, _entries, out SyncHeader header));
        Assert.Equal(new SyncHeader(1, 7, 2, 0), header);
        Assert.Equal([Four, Six], _entries);
    }

    [Fact]
    public void BothFamilies_AreWritten_AsRead()
    {
        var writer = new SyncMessageWriter(7, 1472);
        Assert.True(writer.TryAdd(Four));
        Assert.True(writer.TryAdd(Six));
        byte[] written = writer.Finish().ToArray();
        Assert.Equal("0007007402010000", Convert.ToHexStringLower(written[..8]));
        Assert.Equal(Padded(V1)[8..(8 + 36 + 2)], written[8..(8 + 36 + 2)]);
        Assert.Equal(8 + 36 + 72, written.Length);
        SyncMessage.TryParse(written, _entries, out _);
        Assert.Equal([Four, Six], _entries);
    }

    [Fact]
    public void NoEntries_IsAMessage()
    {
        byte[] written = new SyncMessageWriter(9, 1472).Finish().ToArray();
        Assert.Equal("0009000800010000", Convert.ToHexStringLower(written));
        Assert.Equal(SyncParseError.None, SyncMessage.TryParse(written, _entries, out SyncHeader header));
        Assert.Equal(new SyncHeader(1, 9, 0, 0), header);
    }

    [Fact]
    public void OldVersion_IsRead_WithAndWithoutSequences()
    {
        byte[] bytes = Hex(
            "02 03 004c"
            + "00 06 9c40 0050 0050 0a010002 0a010064 0a020016 0103 0004"
            + "00 06 9c41 0015 0015 0a010002 0a010064 0a020016 0203 0001 000000000000000000000000000000000000000000000000");
        Assert.Equal(SyncParseError.None, SyncMessage.TryParse(bytes, _entries, out SyncHeader header));
        Assert.Equal(new SyncHeader(0, 3, 2, 0), header);
        Assert.Equal(
            Four with { State = 4, Flags = (SyncFlags)3 | SyncFlags.Inactive, TimeoutSeconds = 0 },
            _entries[0]);
        Assert.Equal((SyncFlags)3 | SyncFlags.OutputSequence, _entries[1].Flags);
    }

    [Fact]
    public void EverythingThatCanBeSaid_ComesBack()
    {
        var random = new Prng(17);
        for (int i = 0; i < 5_000; i++)
        {
            SyncEntry[] told = [.. Enumerable.Range(0, 1 + random.NextInt(5)).Select(_ => Any(random))];
            var writer = new SyncMessageWriter((byte)random.NextInt(256), ushort.MaxValue);
            Assert.All(told, entry => Assert.True(writer.TryAdd(entry)));
            byte[] message = writer.Finish().ToArray();
            _entries.Clear();
            Assert.Equal(SyncParseError.None, SyncMessage.TryParse(message, _entries, out SyncHeader header));
            Assert.Equal(told.Length, header.Count);
            for (int j = 0; j < told.Length; j++)
            {
                Assert.True(told[j].EngineData.Span.SequenceEqual(_entries[j].EngineData.Span));
                Assert.Equal(told[j] with { EngineData = default }, _entries[j] with { EngineData = default });
            }
        }
    }

    [Fact]
    public void FullMessage_RefusesAnother_AndTheNextBeginsEmpty()
    {
        var writer = new SyncMessageWriter(1, 1472);
        int count = 0;
        while (writer.TryAdd(Four))
        {
            count++;
        }

        Assert.Equal((1472 - 8) / 36, count);
        Assert.Equal(8 + (count * 36), writer.Finish().Length);
        Assert.Equal(0, writer.Count);
        Assert.True(writer.TryAdd(Six));
        Assert.Equal(8 + 72, writer.Finish().Length);
    }

    [Fact]
    public void LongMessage_HasNoMoreEntriesThanItsCountCanSay()
    {
        var writer = new SyncMessageWriter(1, ushort.MaxValue);
        while (writer.TryAdd(Four))
        {
        }

        Assert.Equal(SyncMessage.EntriesMost, writer.Count);
    }

    [Theory]
    [InlineData(2, "ffff", SyncParseError.Size)]
    [InlineData(8, "02", SyncParseError.EntryType)]
    [InlineData(8, "01", SyncParseError.EntrySize)]
    [InlineData(10, "1024", SyncParseError.EntryVersion)]
    [InlineData(10, "0023", SyncParseError.EntrySize)]
    [InlineData(10, "0fff", SyncParseError.EntryTruncated)]
    [InlineData(117, "05", SyncParseError.OptionTruncated)]
    [InlineData(117, "00", SyncParseError.OptionTruncated)]
    [InlineData(116, "01", SyncParseError.OptionLength)]
    public void BytesAreWrong_TheReasonIsTold(int at, string value, SyncParseError expected)
    {
        byte[] bytes = Padded(V1);
        Hex(value).CopyTo(bytes, at);
        Assert.Equal(expected, SyncMessage.TryParse(bytes, _entries, out _));
    }

    [Fact]
    public void OneEntryTooMany_IsTruncated_AndThoseBeforeAreGood()
    {
        byte[] bytes = Padded(V1);
        bytes[4] = 3;
        Assert.Equal(SyncParseError.EntryTruncated, SyncMessage.TryParse(bytes, _entries, out _));
        Assert.Equal(2, _entries.Count);
    }

    [Fact]
    public void LongName_IsRefused_SecondOfAKindToo()
    {
        Assert.Equal(SyncParseError.OptionLength, Options("03 11 4142434445464748494a4b4c4d4e4f5051"));
        Assert.Equal(SyncParseError.OptionTwice, Options("03 01 41 03 01 41"));
        Assert.Equal(SyncParseError.None, Options("02 02 4142 03 03 736970"));
        Assert.Equal(("AB", "sip"), (Encoding.ASCII.GetString(_entries[^1].EngineData.Span), _entries[^1].EngineName));
    }

    [Fact]
    public void OptionThatHasToBeKnown_SkipsItsEntry_AndNoOther()
    {
        byte[] bytes = Padded(V1);
        bytes[116] = 0x09;
        Assert.Equal(SyncParseError.None, SyncMessage.TryParse(bytes, _entries, out SyncHeader header));
        Assert.Equal(1, header.SkippedCount);
        Assert.Equal([Four], _entries);
    }

    [Fact]
    public void EveryTruncation_IsRefused()
    {
        byte[] bytes = Padded(V1);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.NotEqual(SyncParseError.None, SyncMessage.TryParse(bytes.AsSpan(0, length), _entries, out _));

            // Also when the header says that all is well.
            byte[] shorter = bytes[..length];
            if (length >= 4)
            {
                BinaryPrimitives.WriteUInt16BigEndian(shorter.AsSpan(2), (ushort)length);
                SyncParseError error = SyncMessage.TryParse(shorter, _entries, out SyncHeader header);
                Assert.True(error != SyncParseError.None || header.Version == 0 || length >= 122, $"{length} bytes");
            }
        }
    }

    [Fact]
    public void BytesTurnedOver_NeverThrow()
    {
        var random = new Prng(23);
        byte[] good = Padded(V1);
        for (int i = 0; i < 300_000; i++)
        {
            byte[] bytes = random.OneIn(4) ? new byte[random.NextInt(200)] : [.. good];
            for (int j = 0; j < 1 + random.NextInt(6) && bytes.Length > 0; j++)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            if (bytes.Length >= 4 && !random.OneIn(5))
            {
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
            }

            _entries.Clear();
            SyncMessage.TryParse(bytes, _entries, out SyncHeader header);
            Assert.True(_entries.Count + header.SkippedCount <= header.Count);
        }
    }

    private SyncParseError Options(string options)
    {
        byte[] data = Hex(options);
        byte[] bytes = [.. Padded(V1)[..44], .. data];
        bytes[4] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)(36 + data.Length));
        return SyncMessage.TryParse(bytes, _entries, out _);
    }

    private static SyncEntry Any(Prng random)
    {
        bool isV4 = random.OneIn(2);
        bool isShifted = random.OneIn(3);
        return new SyncEntry
        {
            Protocol = (byte)random.NextInt(256),
            Flags = (SyncFlags)random.NextInt(1 << 20),
            State = (ushort)random.NextInt(65536),
            Client = Address(),
            ClientPort = (ushort)random.NextInt(65536),
            Virtual = Address(),
            VirtualPort = (ushort)random.NextInt(65536),
            Server = Address(),
            ServerPort = (ushort)random.NextInt(65536),
            Mark = (uint)random.NextUInt64(),
            TimeoutSeconds = (uint)random.NextUInt64(),
            InputSequence = isShifted ? Sequence() : null,
            OutputSequence = isShifted ? Sequence() : null,
            EngineData = random.OneIn(3) ? Enumerable.Range(0, random.NextInt(256)).Select(_ => (byte)random.NextInt(256)).ToArray() : default,
            EngineName = random.OneIn(3) ? "sip" : null,
        };

        IpAddress Address() => isV4
            ? IpAddress.FromV4Bits((uint)random.NextUInt64())
            : IpAddress.FromV6Bits(new UInt128(random.NextUInt64(), random.NextUInt64()));

        SyncSequence Sequence() => new((uint)random.NextUInt64(), (uint)random.NextUInt64(), (uint)random.NextUInt64());
    }

    // The last entry has an option, behind which the message is filled up.
    private static byte[] Padded(string hex) => Hex(hex);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
