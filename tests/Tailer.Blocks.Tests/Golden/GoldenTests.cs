using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Blocks.Tests.Golden;

/// <summary>
/// Every format is read from golden bytes exactly, and written as them. What zstd makes differs between its versions, so written
/// bytes are compared only where nothing is compressed.
/// </summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("descriptor-file.hex", true)]
    [InlineData("descriptor-stream.hex", false)]
    public void A_descriptor_is_written_and_read_as_the_page_says(string name, bool isFile)
    {
        SourceDescriptor expected = isFile ? GoldenData.FileSource : GoldenData.StreamSource;
        Assert.Equal(Hex(GoldenFile.Bytes(name)), Hex(expected.ToArray()));
        SourceDescriptor read = SourceDescriptor.TryRead(GoldenFile.Bytes(name))!;
        Assert.Equal(expected with { Tags = [.. expected.Tags.OrderBy(t => t.Key)], Cursor = default }, read with { Cursor = default, Tags = read.Tags }, SameDescriptor);
        Assert.Equal(Hex(expected.Cursor.Span), Hex(read.Cursor.Span));
    }

    [Fact]
    public void A_stored_block_is_written_and_read_as_the_page_says()
    {
        using var builder = new BlockBuilder();
        foreach (EventRow row in GoldenData.Events)
            row.AddTo(builder);
        using var w = new ByteWriter();
        builder.Encode(w, 19);
        Assert.Equal(Hex(GoldenFile.Bytes("block-stored.hex")), Hex(w.Written));
        Assert.Equal(GoldenData.Events, EventRow.Decode(GoldenFile.Bytes("block-stored.hex"), 2));
    }

    [Fact]
    public void A_compressed_block_is_read_as_the_page_says() =>
        Assert.Equal(GoldenData.PlainEvents, EventRow.Decode(GoldenFile.Bytes("block-zstd.hex"), 1));

    [Fact]
    public void A_frame_is_written_and_read_as_the_page_says()
    {
        byte[] golden = GoldenFile.Bytes("frame-stored.hex");
        Packet written = GoldenData.Packet(GoldenData.Events);
        Assert.Equal(Hex(golden), Hex(written.Frame.Span));
        Packet read = Packet.TryRead(golden, out FrameError error)!;
        Assert.Equal(FrameError.None, error);
        Assert.Equal(written.Id, read.Id);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, read.TryDecode(block));
        Assert.Equal(GoldenData.Events, EventRow.Of(block));
        CheckHeader(read.Header);
    }

    [Fact]
    public void A_frame_with_a_compressed_block_is_read_as_the_page_says()
    {
        Packet read = Packet.TryRead(GoldenFile.Bytes("frame-zstd.hex"), out _)!;
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, read.TryDecode(block));
        Assert.Equal(GoldenData.PlainEvents, EventRow.Of(block));
        // All of the header but the lengths, the block's versions and the checksum is the same whatever zstd makes.
        int header = read.Header.HeaderBytes;
        byte[] written = GoldenData.Packet(GoldenData.PlainEvents).Frame.ToArray();
        (written[13], written[14]) = (1, 0);
        Assert.Equal(Hex(read.Frame.Span[8..(header - 4)]), Hex(written.AsSpan(8..(header - 4))));
    }

    [Fact]
    public void A_manifest_is_written_and_read_as_the_page_says()
    {
        byte[] golden = GoldenFile.Bytes("manifest.hex");
        PacketId packet = Packet.IdOf(GoldenFile.Bytes("frame-stored.hex"));
        Manifest expected = GoldenData.Manifest(packet);
        Assert.Equal(Hex(golden), Hex(expected.ToArray()));
        Manifest read = Manifest.TryRead(golden)!;
        Assert.Equal(
            (expected.Agent, expected.Host, expected.Epoch, expected.Number, expected.SealedTime, expected.BucketSeconds, expected.CoversFrom, expected.CoversTo, expected.Previous, expected.Flags),
            (read.Agent, read.Host, read.Epoch, read.Number, read.SealedTime, read.BucketSeconds, read.CoversFrom, read.CoversTo, read.Previous, read.Flags));
        Assert.Equal([default, packet], read.Packets);
        Assert.Equal(expected.Sources.Select(s => s.Id).Order(), read.Sources.Select(s => s.Id));
        ManifestSource file = read.Sources.Single(s => s.Id == GoldenData.FileSource.Id);
        Assert.Equal((1000UL, 2041UL, 3), (file.From, file.To, file.Events));
        Assert.Equal([new Skip(1133, 2000, SkipReason.DroppedByRule), new Skip(0, 1000, SkipReason.DeletedUnread)], file.Skips);
        Assert.Equal(GoldenData.T0 + LogTime.PerMinute, read.Bucket);
    }

    [Fact]
    public void A_bucket_file_is_written_and_read_as_the_page_says()
    {
        byte[] golden = GoldenFile.Bytes("bucket.hex");
        byte[] frame = GoldenFile.Bytes("frame-stored.hex");
        byte[] manifest = GoldenFile.Bytes("manifest.hex");
        PacketId odd = PacketId.Read([.. Enumerable.Range(50, 16).Select(i => (byte)i)]);
        var disk = new MemoryDisk();
        using (BucketFileWriter writer = BucketFileWriter.Open(disk, "/b"))
        {
            writer.Append(RecordType.Packet, Packet.IdOf(frame), frame);
            writer.Append(RecordType.Manifest, Packet.IdOf(manifest), manifest, healed: true);
            writer.Append(RecordType.Packet, odd, []);
        }
        Assert.Equal(Hex(golden), Hex(disk.ReadAll("/b")));

        using IDiskFile file = Put(golden);
        using var reader = new BucketFileReader(file);
        Assert.True(reader.TryReadNext());
        Assert.Equal(new RecordHeader(RecordType.Packet, Packet.IdOf(frame), frame.Length), reader.Header);
        Assert.Equal(Hex(frame), Hex(reader.Body.Span));
        Assert.True(reader.TryReadNext());
        Assert.Equal(new RecordHeader(RecordType.Manifest, Packet.IdOf(manifest), manifest.Length, Healed: true), reader.Header);
        Assert.Equal(Hex(manifest), Hex(reader.Body.Span));
        Assert.True(reader.TryReadNext());
        Assert.Equal(new RecordHeader(RecordType.Packet, odd, 0), reader.Header);
        Assert.False(reader.TryReadNext());
        Assert.Equal(golden.Length, reader.Position);
        Assert.Empty(reader.Damage);
    }

    [Fact]
    public void A_footer_is_written_as_the_page_says()
    {
        using SegmentReader segment = OpenSegment();
        using var w = new ByteWriter();
        segment.Footer.WriteTo(w);
        Assert.Equal(Hex(GoldenFile.Bytes("footer.hex")), Hex(w.Written));
    }

    [Fact]
    public void A_segment_is_read_as_the_page_says()
    {
        using SegmentReader segment = OpenSegment();
        SegmentFooter footer = segment.Footer;
        Assert.Null(SegmentVerifier.Verify(segment));
        Assert.Equal(("prod", GoldenData.T0, LogTime.PerHour, SegmentKind.Delta, true), (footer.Environment, footer.SpanStart, footer.SpanWidth, footer.Kind, footer.Complete));
        Assert.Equal((4L, 224L, GoldenData.T0 - 1, GoldenData.T0 + (3 * LogTime.PerSecond), 5L), (footer.Events, footer.RawBytes, footer.EventTimeMin, footer.EventTimeMax, footer.Conflicts));
        SegmentSource file = footer.Sources.Single(s => s.Descriptor.Id == GoldenData.FileSource.Id);
        Assert.Equal([new ByteRange(1000, 1133), new ByteRange(2000, 2041)], file.Coverage);
        Assert.Equal(3, file.Events);
        Assert.Equal([default, Packet.IdOf(GoldenFile.Bytes("frame-stored.hex"))], footer.Packets);
        Assert.Equal(Hex(GoldenFile.Bytes("manifest.hex")), Hex(footer.Manifests.Single()));
        Assert.Equal(
            [new SegmentGap(GoldenData.FileSource.Id, 0, 1000, SkipReason.DeletedUnread), new SegmentGap(GoldenData.StreamSource.Id, 350, 70_000, SkipReason.Missing)],
            footer.Gaps);
        Assert.Equal([new SilentAgent("agent-9", GoldenData.T0 - 7)], footer.Silent);
    }

    [Fact]
    public void A_segment_is_written_as_the_page_says()
    {
        using SegmentReader golden = OpenSegment();
        var disk = new MemoryDisk();
        using (IDiskFile file = disk.OpenAppend("/s"))
        {
            using var writer = new SegmentWriter(file, golden.Footer with { Blocks = [] }, 3);
            using var block = new DecodedBlock();
            Assert.Equal(BlockError.None, golden.TryReadBlock(0, block));
            for (int i = 0; i < block.Count; i++)
                writer.Add(block[i]);
            SegmentFooter written = writer.Finish(footer => footer);
            using var a = new ByteWriter();
            // The golden file is older than checksums of blocks.
            (written with { BlockChecksums = [] }).WriteTo(a);
            Assert.Equal(Hex(GoldenFile.Bytes("footer.hex")), Hex(a.Written));
        }
        int blockEnd = (int)golden.Footer.Blocks[0].Offset + golden.Footer.Blocks[0].Bytes;
        Assert.Equal(Hex(GoldenFile.Bytes("segment.hex").AsSpan(0, blockEnd)), Hex(disk.ReadAll("/s").AsSpan(0, blockEnd)));
    }

    [Fact]
    public void Names_are_written_as_the_pages_say()
    {
        ulong t = GoldenData.T0;
        using SegmentReader segment = OpenSegment();
        ContentHash hash = segment.Footer.ContentHash;
        Assert.Equal(GoldenFile.Lines("names.txt"), (string[])
        [
            "bucket 60 s: " + Names.Bucket(t + LogTime.PerMinute, LogTime.PerMinute),
            "bucket 10 s: " + Names.Bucket(t + (70 * LogTime.PerSecond), 10 * LogTime.PerSecond),
            "span 1 h: " + Names.Span("prod", t + (13 * LogTime.PerHour), LogTime.PerHour),
            "span 90 s: " + Names.Span("prod", t + (13 * LogTime.PerHour) + (90 * LogTime.PerSecond), 90 * LogTime.PerSecond),
            "segment: " + Names.Segment(t + 5, t + (3 * LogTime.PerSecond) + 1, hash, strays: false),
            "strays: " + Names.Segment(t, t + (3 * LogTime.PerSecond), hash, strays: true),
        ]);
    }

    private static void CheckHeader(FrameHeader header)
    {
        Assert.Equal(
            (GoldenData.Epoch, 7UL, GoldenData.Stamp.SealedTime, GoldenData.T0 - 1, GoldenData.T0 + (3 * LogTime.PerSecond), 4, 224),
            (header.Epoch, header.Number, header.SealedTime, header.EventTimeMin, header.EventTimeMax, header.Events, header.RawBytes));
        Assert.Equal((60, FrameFlags.FsyncBeforeAck, BoundaryCopy.Whole, 2, "agent-1"), (header.BucketSeconds, header.Flags, header.BoundaryCopy, header.Copies, header.Agent));
        Assert.Equal((1, 0, 1), (header.CodecVersion, header.TokenizerVersion, header.ParserVersion));
        Assert.Equal(GoldenData.T0 + LogTime.PerMinute, header.Bucket);
        Assert.Equal(2, header.Sources.Count);
        SourceRange file = header.Sources[0];
        Assert.Equal((GoldenData.FileSource.Id, 1000UL, 2041UL, 3, false, true), (file.Source, file.From, file.To, file.Events, file.MayRepeat, file.HasHoles));
        Assert.Equal(GoldenData.FileSource.Path, file.Descriptor!.Path);
        Assert.Equal(new SourceRange { Source = GoldenData.StreamSource.Id, From = 300, To = 350, Events = 1, MayRepeat = true }, header.Sources[1]);
    }

    private static SegmentReader OpenSegment()
    {
        SegmentReader? segment = SegmentReader.TryOpen(Put(GoldenFile.Bytes("segment.hex")), out SegmentError error);
        Assert.Equal(SegmentError.None, error);
        return segment!;
    }

    private static IDiskFile Put(byte[] bytes)
    {
        IDiskFile file = new MemoryDisk().OpenAppend("/golden");
        file.Write(bytes, 0);
        return file;
    }

    private static bool SameDescriptor(SourceDescriptor a, SourceDescriptor b) =>
        a.Tags.SequenceEqual(b.Tags) && a with { Tags = b.Tags } == b;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
