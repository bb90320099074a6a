using System.Globalization;
using System.Reflection;
using System.Text;

namespace Tailer.Blocks.Tests;

/// <summary>
/// Every constant that is in a file or decides what is refused. A change here is a change of a format: make a new version beside the
/// old one, or, for a limit, know that older readers refuse what newer writers make.
/// </summary>
public sealed class ConstantsTests
{
    [Fact]
    public void Limits_do_not_change_by_accident() => Same(
        """
        EventBytesMax 65536
        PacketRawBytesTarget 262144
        PacketRawBytesBehind 720896
        PacketRawBytesFarBehind 2031616
        FrameBytesMax 1048576
        BlockEventsMax 65536
        BlockBodyBytesMax 16777216
        BlockColumnsMax 524288
        BlockNumbersMax 4194304
        ManifestBytesMax 1048576
        FrameSourcesMax 4096
        NameBytesMax 255
        PathBytesMax 4096
        CursorBytesMax 1024
        TagsMax 32
        PrefixBytesMax 4096
        DescriptorBytesMax 16384
        CopiesMax 3
        SegmentFooterBytesMax 268435456
        SegmentBlockEvents 65536
        FilterBlockBytesMin 65536
        SegmentBlockRawBytes 14680064
        """,
        Constants(typeof(Limits)));

    [Fact]
    public void Versions_magics_and_sizes_do_not_change_by_accident() => Same(
        """
        BlockBuilder.CodecVersion 2
        ContentHash.Bytes 16
        EpochId.Bytes 16
        FrameHeader.FixedBytes 80
        FrameHeader.Magic TLF1
        FrameHeader.Version 1
        Manifest.Magic TLM1
        Manifest.Version 1
        Names.BucketSuffix .b
        Names.DayFormat yyyyMMdd
        Names.SegmentSuffix .seg
        Names.StraysSuffix .strays.seg
        PacketId.Bytes 16
        RecordHeader.BodyBytesMax 1048576
        RecordHeader.Bytes 32
        RecordHeader.Magic TLR1
        SegmentTrailer.Bytes 40
        SegmentTrailer.FileMagic TLSEG1..
        SegmentTrailer.Version 1
        SourceDescriptor.Version 1
        SourceId.Bytes 16
        LogTime.PerSecond 100000000
        TextBlockEncoder.CodecVersion 1
        TemplateBlockEncoder.CodecVersion 2
        BlockBuilder.TemplateEventsMin 64
        LineTokenizer.Version 1
        LineTokenizer.SlotsMax 250
        LineTokenizer.SlotBytesMax 254
        SectionTable.Count 11
        SectionTable.OwnFrameBytesMin 4096
        StreamRanks.Far 255
        ColumnEncoder.Escape 255
        ColumnEncoder.NumberDigitsMax 18
        TimeSteps.ScaleMax 8
        """,
        string.Join('\n',
        [
            $"BlockBuilder.CodecVersion {BlockBuilder.CodecVersion}",
            $"ContentHash.Bytes {ContentHash.Bytes}",
            $"EpochId.Bytes {EpochId.Bytes}",
            $"FrameHeader.FixedBytes {FrameHeader.FixedBytes}",
            $"FrameHeader.Magic {Ascii(FrameHeader.Magic)}",
            $"FrameHeader.Version {FrameHeader.Version}",
            $"Manifest.Magic {Ascii(Manifest.Magic)}",
            $"Manifest.Version {Manifest.Version}",
            $"Names.BucketSuffix {Names.BucketSuffix}",
            $"Names.DayFormat {Names.DayFormat}",
            $"Names.SegmentSuffix {Names.SegmentSuffix}",
            $"Names.StraysSuffix {Names.StraysSuffix}",
            $"PacketId.Bytes {PacketId.Bytes}",
            $"RecordHeader.BodyBytesMax {RecordHeader.BodyBytesMax}",
            $"RecordHeader.Bytes {RecordHeader.Bytes}",
            $"RecordHeader.Magic {Ascii(RecordHeader.Magic)}",
            $"SegmentTrailer.Bytes {SegmentTrailer.Bytes}",
            $"SegmentTrailer.FileMagic {Encoding.ASCII.GetString(SegmentTrailer.FileMagic).Replace('\0', '.')}",
            $"SegmentTrailer.Version {SegmentTrailer.Version}",
            $"SourceDescriptor.Version {SourceDescriptor.Version}",
            $"SourceId.Bytes {SourceId.Bytes}",
            $"LogTime.PerSecond {LogTime.PerSecond}",
            $"TextBlockEncoder.CodecVersion {TextBlockEncoder.CodecVersion}",
            $"TemplateBlockEncoder.CodecVersion {TemplateBlockEncoder.CodecVersion}",
            $"BlockBuilder.TemplateEventsMin {BlockBuilder.TemplateEventsMin}",
            $"LineTokenizer.Version {LineTokenizer.Version}",
            $"LineTokenizer.SlotsMax {LineTokenizer.SlotsMax}",
            $"LineTokenizer.SlotBytesMax {LineTokenizer.SlotBytesMax}",
            $"SectionTable.Count {SectionTable.Count}",
            $"SectionTable.OwnFrameBytesMin {SectionTable.OwnFrameBytesMin}",
            $"StreamRanks.Far {StreamRanks.Far}",
            $"ColumnEncoder.Escape {ColumnEncoder.Escape}",
            $"ColumnEncoder.NumberDigitsMax {ColumnEncoder.NumberDigitsMax}",
            $"TimeSteps.ScaleMax {TimeSteps.ScaleMax}",
        ]));

    [Fact]
    public void Codes_in_blocks_do_not_change_by_accident() => Same(
        """
        LeadShape: Time 1, Host 2, App 3, Pid 4, Literal 5, SearchBytesMax 320, BytesMax 2048
        TemplateText: End 0, Slot 1, Literal 2
        TimeFormat: PatternBytesMax 32, TextBytesMax 128, Year 1, ShortYear 2, Month 3, Day 4, PaddedDay 5, MonthName 6, DayName 7, Hour 8, Minute 9, Second 10, EpochSeconds 11, OffsetSecondsMax 86400, Fraction 16, FractionDigitsMax 8
        """,
        string.Join('\n', ((Type[])[typeof(LeadShape), typeof(TemplateText), typeof(TimeFormat)]).Select(t => $"{t.Name}: {Constants(t).Replace("\n", ", ", StringComparison.Ordinal)}")));

    /// <summary>These decide what is written, and with that whether two agents make the same bytes of the same lines.</summary>
    [Fact]
    public void What_decides_how_lines_are_cut_and_columns_written_does_not_change_by_accident() => Same(
        """
        LineTokenizer: Version 1, SlotsMax 250, SlotBytesMax 254, DigitGroupsMax 3, HexBytesMin 4, ChunkBytes 64, SlotsAtOnce 4, SlotsRoom 286
        LeadTable: VariantsMax 8, AttemptsMax 16
        TimePatterns: OffsetSecondsMax 50400, OffsetStepSeconds 900, HalfYearSeconds 15811200
        TimeSteps: WidthMax 4, ExceptionBytes 9, ScaleMax 8
        ColumnEncoder: SmallColumnValues 8, SmallColumnValuesFast 24, SmallColumnPart 10, FastLevel 1, DictionaryMax 254, Escape 255, NumberDigitsMax 18, DigitCost 54, LetterCost 80, LengthCost 20, DeltaCost 40, DeltaValuesMin 32, DictionaryHeadCost 256
        """,
        string.Join('\n', ((Type[])[typeof(LineTokenizer), typeof(LeadTable), typeof(TimePatterns), typeof(TimeSteps), typeof(ColumnEncoder)])
            .Select(t => $"{t.Name}: {Constants(t, BindingFlags.NonPublic).Replace("\n", ", ", StringComparison.Ordinal)}")));

    [Fact]
    public void Enums_that_are_stored_do_not_change_by_accident() => Same(
        """
        BlockSection: Meta 0, Times 1, Streams 2, Heads 3, Templates 4, TemplateIds 5, Digits 6, Words 7, Indexes 8, Lengths 9, Numbers 10
        BoundaryCopy: Unacked 0, Whole 1, Off 2
        ColumnCoding: Fixed 0, Variable 1, Dictionary 2, Delta 3
        EventFlags: None 0, Continues 1, Partial 2, TimeInherited 4, Altered 8
        FrameFlags: None 0, FsyncBeforeAck 1, SealedAgain 8
        ManifestFlags: None 0, Goodbye 1, Retired 2, WasDown 4, StateLost 8
        RecordType: Packet 1, Manifest 2
        SegmentKind: Sealed 0, Delta 1, Strays 2, Recent 3
        SegmentSection: Summary 1, Sources 2, Blocks 3, Packets 4, Manifests 5, Gaps 6, Silent 7, Filters 8, Checksums 9
        Severity: Unknown 0, Emergency 1, Alert 2, Critical 3, Error 4, Warning 5, Notice 6, Info 7, Debug 8, Trace 9
        SkipReason: Missing 0, DeletedUnread 1, TruncatedUnread 2, DroppedByRule 3, Unreadable 4, SpoolLost 5, Unseen 6
        SlotClass: Digits 0, Word 1
        SourceKind: File 1, Pipe 2, Listener 3, Stream 4, Journal 5
        SourceView: Utf8 0, Utf16Le 1, Utf16Be 2, DockerJson 3, Cri 4, Opaque 255
        """,
        string.Join('\n', ((Type[])[typeof(BlockSection), typeof(BoundaryCopy), typeof(ColumnCoding), typeof(EventFlags), typeof(FrameFlags), typeof(ManifestFlags), typeof(RecordType), typeof(SegmentKind),
            typeof(SegmentSection), typeof(Severity), typeof(SkipReason), typeof(SlotClass), typeof(SourceKind), typeof(SourceView)]).Select(Describe)));

    [Fact]
    public void Every_limit_is_as_large_as_what_it_must_hold()
    {
        Assert.True(Limits.PacketRawBytesBehind + Limits.EventBytesMax < Limits.FrameBytesMax);
        Assert.True(Limits.SegmentBlockRawBytes < Limits.BlockBodyBytesMax);
        Assert.True(Limits.SegmentBlockEvents <= Limits.BlockEventsMax);
    }

    private static void Same(string expected, string actual) => Assert.Equal(expected.ReplaceLineEndings("\n"), actual);

    private static string Constants(Type type, BindingFlags more = 0) => string.Join('\n', type.GetFields(BindingFlags.Static | BindingFlags.Public | more)
        .Where(f => f.IsLiteral)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name} {f.GetRawConstantValue()}")));

    private static string Describe(Type type) => $"{type.Name}: " + string.Join(", ", Enum.GetNames(type)
        .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")));

    private static string Ascii(uint magic) => Encoding.ASCII.GetString(BitConverter.GetBytes(magic));
}
