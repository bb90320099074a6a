namespace Tailer.Blocks;

/// <summary>The header of a frame, read and checked. Byte table: docs/formats/frame.md; keep both in step.</summary>
public sealed record FrameHeader
{
    public const byte Version = 1;
    public const int FixedBytes = 80;

    /// <summary>Where a frame says when it was sealed, for who reads nothing else of it.</summary>
    public const int SealedTimeAt = 40;

    /// <summary>The same of its flags, and of the copies it asks for.</summary>
    public const int FlagsAt = 74;
    public const int CopiesAt = 75;

    /// <summary>"TLF1" read as a little-endian number.</summary>
    public const uint Magic = 0x31464C54;

    public required int FrameBytes { get; init; }

    /// <summary>Where the payload starts.</summary>
    public required int HeaderBytes { get; init; }
    public byte CodecVersion { get; init; }
    public byte TokenizerVersion { get; init; }
    public byte ParserVersion { get; init; }
    public required EpochId Epoch { get; init; }
    public required ulong Number { get; init; }
    public required ulong SealedTime { get; init; }
    public ulong EventTimeMin { get; init; }
    public ulong EventTimeMax { get; init; }
    public int Events { get; init; }
    public int RawBytes { get; init; }
    public required int BucketSeconds { get; init; }
    public FrameFlags Flags { get; init; }
    public BoundaryCopy BoundaryCopy { get; init; }
    public int Copies { get; init; }
    public required string Agent { get; init; }
    public required IReadOnlyList<SourceRange> Sources { get; init; }

    public ulong BucketWidth => (ulong)BucketSeconds * LogTime.PerSecond;

    /// <summary>Start of the bucket this packet belongs to, for ever.</summary>
    public ulong Bucket => LogTime.Floor(SealedTime, BucketWidth);

    public int PayloadBytes => FrameBytes - HeaderBytes - 4;

    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame) => frame.Slice(HeaderBytes, PayloadBytes);

    /// <summary>
    /// Reads the header at the start of <paramref name="bytes"/>, which may end after the header (then the payload is not
    /// checked, see <see cref="TryReadFrame"/>). Never throws; memory is bounded by <see cref="Limits"/>.
    /// </summary>
    public static FrameError TryRead(ReadOnlySpan<byte> bytes, out FrameHeader? header)
    {
        header = null;
        if (bytes.Length < FixedBytes)
            return FrameError.Truncated;
        var r = new SpanReader(bytes);
        if (r.U32() != Magic)
            return FrameError.NoMagic;
        uint frameBytes = r.U32();
        uint headerBytes = r.U32();
        if (r.U8() != Version)
            return FrameError.UnknownVersion;
        if (frameBytes > Limits.FrameBytesMax || headerBytes < FixedBytes + 5 || headerBytes + 4UL > frameBytes)
            return FrameError.OverLimits;
        if (bytes.Length < headerBytes)
            return FrameError.Truncated;
        var crc = new SpanReader(bytes[((int)headerBytes - 4)..]);
        if (crc.U32() != Crc32C.Compute(bytes[..((int)headerBytes - 4)]))
            return FrameError.HeaderChecksum;
        r = new SpanReader(bytes[..((int)headerBytes - 4)]);
        r.Take(13);
        return ReadFields(ref r, (int)frameBytes, (int)headerBytes, out header);
    }

    /// <summary>Reads a whole frame and checks the payload too.</summary>
    public static FrameError TryReadFrame(ReadOnlySpan<byte> frame, out FrameHeader? header)
    {
        FrameError error = TryRead(frame, out header);
        if (error != FrameError.None)
            return error;
        if (frame.Length != header!.FrameBytes)
            error = frame.Length < header.FrameBytes ? FrameError.Truncated : FrameError.OverLimits;
        else
        {
            var crc = new SpanReader(frame[^4..]);
            if (crc.U32() != Crc32C.Compute(header.Payload(frame)))
                error = FrameError.PayloadChecksum;
        }
        if (error != FrameError.None)
            header = null;
        return error;
    }

    private static FrameError ReadFields(ref SpanReader r, int frameBytes, int headerBytes, out FrameHeader? header)
    {
        header = null;
        byte codec = r.U8();
        byte tokenizer = r.U8();
        byte parser = r.U8();
        EpochId epoch = r.EpochId();
        ulong number = r.U64();
        ulong sealedTime = r.U64();
        ulong timeMin = r.U64();
        ulong timeMax = r.U64();
        uint events = r.U32();
        uint rawBytes = r.U32();
        ushort bucketSeconds = r.U16();
        byte flags = r.U8();
        byte copies = r.U8();
        ushort sourceCount = r.U16();
        ushort agentBytes = r.U16();
        if (events > Limits.BlockEventsMax || rawBytes > Limits.BlockBodyBytesMax || bucketSeconds == 0
            || copies is 0 or > Limits.CopiesMax || agentBytes is 0 or > Limits.NameBytesMax || sourceCount > Limits.FrameSourcesMax)
            return FrameError.OverLimits;
        string agent = System.Text.Encoding.UTF8.GetString(r.Take(agentBytes));
        var sources = new SourceRange[sourceCount];
        for (int i = 0; i < sourceCount; i++)
        {
            if (ReadSource(ref r) is not { } source)
                return FrameError.DamagedSources;
            sources[i] = source;
        }
        if (r.Failed || !r.AtEnd)
            return FrameError.DamagedSources;
        header = new FrameHeader
        {
            FrameBytes = frameBytes,
            HeaderBytes = headerBytes,
            CodecVersion = codec,
            TokenizerVersion = tokenizer,
            ParserVersion = parser,
            Epoch = epoch,
            Number = number,
            SealedTime = sealedTime,
            EventTimeMin = timeMin,
            EventTimeMax = timeMax,
            Events = (int)events,
            RawBytes = (int)rawBytes,
            BucketSeconds = bucketSeconds,
            Flags = (FrameFlags)flags & (FrameFlags.FsyncBeforeAck | FrameFlags.SealedAgain),
            BoundaryCopy = (BoundaryCopy)((flags >> 1) & 3),
            Copies = copies,
            Agent = agent,
            Sources = sources,
        };
        return FrameError.None;
    }

    private static SourceRange? ReadSource(ref SpanReader r)
    {
        SourceId id = r.SourceId();
        ulong from = r.Varint();
        ulong length = r.Varint();
        int events = r.Count(Limits.BlockEventsMax);
        byte flags = r.U8();
        SourceDescriptor? descriptor = null;
        if ((flags & 2) != 0)
        {
            descriptor = SourceDescriptor.TryRead(r.LengthPrefixed(Limits.DescriptorBytesMax));
            if (descriptor is null || descriptor.Id != id)
                return null;
        }
        if (r.Failed || from + length < from)
            return null;
        return new SourceRange
        {
            Source = id,
            From = from,
            To = from + length,
            Events = events,
            MayRepeat = (flags & 1) != 0,
            HasHoles = (flags & 4) != 0,
            Descriptor = descriptor,
        };
    }
}
