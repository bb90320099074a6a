using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Cli.Tests.Verify;

public sealed class VerifyTests : IDisposable
{
    private readonly SampleFiles files = new();

    [Fact]
    public void Whole_files_are_ok_and_counted()
    {
        string segment = files.Segment(20_000), bucket = files.Bucket();
        (int code, string text) = Verify(segment, bucket);
        Assert.Equal(ExitCode.Ok, code);
        string[] lines = text.Split('\n');
        Assert.Matches($"^ok      {segment}  sealed segment, 20,000 events, [0-9.]+ MiB raw, [0-9.]+ s$", lines[0]);
        Assert.Matches($"^ok      {bucket}  bucket file, 4 records, 300 events, [0-9.]+ KiB raw, [0-9.]+ s$", lines[1]);
        Assert.StartsWith("2 files: 2 ok, 0 damaged, 0 not read; 20,300 events,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_without_events_is_ok() => Assert.Equal(ExitCode.Ok, Verify(files.Segment(0)).Code);

    [Theory]
    [InlineData(SegmentKind.Delta)]
    [InlineData(SegmentKind.Strays)]
    [InlineData(SegmentKind.Recent)]
    public void Every_kind_of_segment_is_proven(SegmentKind kind) => Assert.Equal(ExitCode.Ok, Verify(files.Segment(kind: kind)).Code);

    [Fact]
    public void A_directory_is_looked_through_with_all_below_it()
    {
        files.Segment();
        string bucket = files.Bucket();
        files.Raw("notes.txt", "not a log file"u8);
        SampleFiles.Flip(bucket, 40);
        (int code, string text) = Verify(files.Folder);
        Assert.Equal(ExitCode.Incomplete, code);
        Assert.Contains("2 files: 1 ok, 1 damaged, 0 not read", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_byte_of_a_small_segment_counts()
    {
        string path = files.Segment(40);
        byte[] whole = File.ReadAllBytes(path);
        int[] unnoticed = [.. Enumerable.Range(0, whole.Length).Where(at => IsWholeWith(path, whole, at))];
        // The trailer's reserved bytes are under its checksum like all others, so there is no byte that may change.
        Assert.Empty(unnoticed);
    }

    [Fact]
    public void Every_byte_of_a_bucket_file_counts()
    {
        string path = files.Bucket();
        byte[] whole = File.ReadAllBytes(path);
        int[] places = [.. Enumerable.Range(0, 400), .. Enumerable.Range(0, whole.Length / 97).Select(i => i * 97), .. Enumerable.Range(whole.Length - 200, 200)];
        Assert.DoesNotContain(places, at => IsWholeWith(path, whole, at));
    }

    [Theory]
    [InlineData(3, "the magic at the start is damaged")]
    [InlineData(-1, "the magic at the end is damaged")]
    [InlineData(-10, "the trailer's checksum does not fit")]
    [InlineData(-45, "the footer's checksum does not fit")]
    public void Damage_outside_the_blocks_is_named(int at, string expected)
    {
        string path = files.Segment();
        SampleFiles.Flip(path, at < 0 ? new FileInfo(path).Length + at : at);
        FileProof proof = Prove(path);
        Assert.Contains(proof.Findings, f => f.What.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_are_proven_in_spite_of_a_damaged_trailer()
    {
        string path = files.Segment();
        SampleFiles.Flip(path, 0);
        SampleFiles.Flip(path, new FileInfo(path).Length - 1);
        SampleFiles.Flip(path, new FileInfo(path).Length - 12);
        FileProof proof = Prove(path);
        Assert.Equal(3, proof.Findings.Count);
        Assert.Equal(SampleFiles.Lines, proof.Events);
    }

    [Fact]
    public void Bytes_behind_the_trailer_are_named_and_the_rest_is_proven()
    {
        string path = files.Segment();
        long length = new FileInfo(path).Length;
        File.AppendAllText(path, "tail");
        FileProof proof = Prove(path);
        Assert.Equal((length, length + 4, "4 bytes follow the trailer"), Place(Assert.Single(proof.Findings)));
        Assert.Equal(SampleFiles.Lines, proof.Events);
    }

    [Fact]
    public void A_segment_cut_short_is_named()
    {
        string path = files.Segment();
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^100]);
        Assert.StartsWith("there is no trailer at the end", Assert.Single(Prove(path).Findings).What, StringComparison.Ordinal);
        File.WriteAllBytes(path, bytes[..20]);
        Assert.StartsWith("the file has 20 bytes", Assert.Single(Prove(path).Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_block_is_named_with_its_place_and_what_is_lost_and_the_others_are_read()
    {
        string path = files.Segment(40_000);
        SegmentBlock second = Footer(path).Blocks[1];
        SampleFiles.Flip(path, second.Offset + second.Bytes / 2);
        FileProof proof = Prove(path);
        Finding finding = Assert.Single(proof.Findings);
        Assert.Equal((second.Offset, second.Offset + second.Bytes), (finding.From, finding.To));
        Assert.StartsWith("block 2 of 3 ", finding.What, StringComparison.Ordinal);
        Assert.Equal("its 16,384 events from 2026-03-01 12:00:16.384 to 12:00:32.767 UTC cannot be read from this copy", finding.Means);
        Assert.Equal(40_000 - 16_384, proof.Events);
        Assert.Contains("another copy", proof.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_or_misplaced_object_is_named()
    {
        string path = files.Segment();
        string renamed = path.Replace("20260301T", "20250301T", StringComparison.Ordinal);
        File.Move(path, renamed);
        Assert.Equal($"by its content its name is {Path.GetFileName(path)}", Assert.Single(Prove(renamed).Findings).What);
        files.Segment();
        string elsewhere = Path.Combine(Directory.CreateDirectory(files["test/20260301/13"]).FullName, Path.GetFileName(path));
        File.Move(path, elsewhere);
        Assert.Equal("it lies in test/20260301/13, by its footer it belongs in test/20260301/12", Assert.Single(Prove(elsewhere).Findings).What);
        Assert.True(Prove(files.Raw("any.seg", File.ReadAllBytes(elsewhere))).IsWhole);
    }

    [Fact]
    public void Sources_out_of_order_are_named() =>
        Assert.Contains(Prove(files.Segment(swapSources: true)).Findings, f => f.What.EndsWith("is listed after a greater or equal id", StringComparison.Ordinal));

    [Fact]
    public void Tables_out_of_order_or_unreadable_are_named()
    {
        FileProof proof = Prove(files.Segment(final: f => f with { Packets = [new PacketId(2), new PacketId(1)], Manifests = [[1, 2, 3]] }));
        Assert.Equal(2, proof.Findings.Count);
        Assert.Contains(proof.Findings, f => f.What == "manifest 1 of 1 cannot be read");
    }

    public static TheoryData<string, Func<SegmentFooter, SegmentFooter>> WrongFooters => new()
    {
        { "the blocks hold 3,000 events, the footer says 3,001", f => f with { Events = 3001 } },
        { "the blocks hold 361,", f => f with { RawBytes = 7 } },
        { "the events are from 2026-03-01T12:00:00", f => f with { EventTimeMin = f.EventTimeMin + 1 } },
        { "the content hash is ", f => f with { ContentHash = default } },
        { "block 1 of 1 has 3,000 events, the footer says 2,999", f => f with { Blocks = [f.Blocks[0] with { Events = 2999 }] } },
        { "block 1 of 1 has 361,", f => f with { Blocks = [f.Blocks[0] with { RawBytes = 1 }] } },
        { "block 1 of 1 has events from ", f => f with { Blocks = [f.Blocks[0] with { EventTimeMax = 1 }] } },
        { "bytes belong to no block", f => f with { Blocks = [], Filters = [], BlockChecksums = [] } },
        { "begins at byte 8, before the end of the one before", f => f with { Blocks = [f.Blocks[0], f.Blocks[0]], Filters = [], BlockChecksums = [] } },
        { "(/var/log/app.log) has 1,500 events, the footer says 1", f => f with { Sources = [f.Sources[0] with { Events = 1 }, f.Sources[1]] } },
        { "(/var/log/app.log) covers 0..", f => f with { Sources = [f.Sources[0] with { Coverage = [new ByteRange(0, 9)] }, f.Sources[1]] } },
    };

    [Theory]
    [MemberData(nameof(WrongFooters), DisableDiscoveryEnumeration = true)]
    public void What_a_footer_says_is_compared_with_the_blocks(string expected, Func<SegmentFooter, SegmentFooter> change)
    {
        string path = files.Segment();
        SampleFiles.ReplaceFooter(path, (footer, to) => change(footer).WriteTo(to));
        Assert.Contains(Prove(path).Findings, f => f.What.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(64, "100 events, its header says 101")]
    [InlineData(68, "raw bytes, its header says")]
    [InlineData(48, "has events from 2026-03-01T12:00:00")]
    [InlineData(56, "has events from 2026-03-01T12:00:00")]
    [InlineData(80 + 5 + 16, "has 0..6290, its header says 1..6291")]
    [InlineData(80 + 5 + 16 + 1, "has 0..6290, its header says 0..")]
    [InlineData(80 + 5 + 16 + 3, "has 50 events, its header says 51")]
    public void What_a_packets_header_says_is_compared_with_its_block(int at, string expected)
    {
        string path = files.Bucket(w => SampleFiles.Append(w, SampleFiles.Altered(SampleFiles.Packet(0), at)));
        Assert.Contains(expected, Assert.Single(Prove(path).Findings).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "packet 0 of agent agent")]
    [InlineData(1, "packet 1 of agent agent")]
    public void A_damaged_packet_is_named_by_agent_and_number(int index, string expected)
    {
        string path = files.Bucket();
        List<BucketRecord> records = Records(path);
        long payload = records[index].Position + RecordHeader.Bytes + records[index].Frame!.HeaderBytes;
        SampleFiles.Flip(path, payload + 30);
        Finding finding = Assert.Single(Prove(path).Findings);
        Assert.Equal($"{expected} has a block whose checksum does not fit", finding.What);
        Assert.Equal(payload, finding.From);
        Assert.Equal(200, Prove(path).Events);
    }

    [Fact]
    public void A_damaged_record_header_hides_its_record_and_nothing_else()
    {
        string path = files.Bucket();
        List<BucketRecord> records = Records(path);
        SampleFiles.Flip(path, records[1].Position + 5);
        Finding finding = Assert.Single(Prove(path).Findings);
        Assert.Equal((records[1].Position, records[2].Position), (finding.From, finding.To));
        Assert.EndsWith("bytes are no record", finding.What, StringComparison.Ordinal);
        Assert.StartsWith($"packet 1 of agent agent lies whole at byte {records[1].Position + RecordHeader.Bytes}, ", finding.Means, StringComparison.Ordinal);
        SampleFiles.Flip(path, records[2].Position - 100);
        Assert.StartsWith("other bucks, ", Assert.Single(Prove(path).Findings).Means, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_under_another_id_is_named()
    {
        string path = files.Bucket(w => w.Append(RecordType.Packet, new PacketId(9), SampleFiles.Packet(5).Frame.Span));
        Assert.EndsWith($"its record says {new PacketId(9)}", Assert.Single(Prove(path).Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_of_another_bucket_is_named()
    {
        string path = files.Bucket(w => SampleFiles.Append(w, SampleFiles.Packet(0, SampleFiles.Start + LogTime.PerHour)));
        Assert.Equal("a packet of the bucket 2026-03-01 13:00:00.000 UTC", Assert.Single(Prove(path).Findings).What);
    }

    [Fact]
    public void What_was_healed_is_a_note_and_no_damage()
    {
        string path = files.Bucket();
        SampleFiles.Flip(path, Records(path)[1].Position - 100);
        Assert.False(Prove(path).IsWhole);
        using (BucketFileWriter writer = BucketFileWriter.Open(SystemDisk.Instance, path))
            SampleFiles.Append(writer, SampleFiles.Packet(0), healed: true);
        FileProof proof = Prove(path);
        Assert.True(proof.IsWhole);
        Assert.Contains("healed by the copy at byte", Assert.Single(proof.Notes), StringComparison.Ordinal);
        Assert.Equal(300, proof.Events);
    }

    [Fact]
    public void A_torn_record_zeros_and_other_bytes_at_the_end_are_told_apart()
    {
        string path = files.Bucket();
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^10]);
        Assert.StartsWith("torn record: ", Assert.Single(Prove(path).Findings).What, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. whole, .. new byte[5000]]);
        Assert.Equal("5000 zero bytes at the end", Assert.Single(Prove(path).Findings).What);
        File.WriteAllBytes(path, [.. whole, 1, 2, 3]);
        Assert.Equal((whole.Length, whole.Length + 3, "3 bytes at the end are no record"), Place(Assert.Single(Prove(path).Findings)));
    }

    [Fact]
    public void Findings_are_bounded()
    {
        string path = files.Bucket();
        for (int i = 0; i < 150; i++)
        {
            using BucketFileWriter writer = BucketFileWriter.Open(SystemDisk.Instance, path);
            writer.Append(RecordType.Packet, new PacketId((ulong)i), "no packet"u8);
        }
        FileProof proof = Prove(path);
        Assert.Equal((FileProof.FindingsMax, 50), (proof.Findings.Count, (int)proof.FindingsLeftOut));
    }

    [Fact]
    public void A_missing_file_or_one_of_another_kind_has_its_own_exit_code_and_the_others_are_still_proven()
    {
        string bucket = files.Bucket();
        (int code, string text) = Verify(files["none.seg"], bucket);
        Assert.Equal(ExitCode.Unavailable, code);
        Assert.Contains($"tailer: {files["none.seg"]}: there is no such file", text, StringComparison.Ordinal);
        Assert.Contains($"ok      {bucket}", text, StringComparison.Ordinal);
        (code, text) = Verify(files.Raw("x.log", "2026-03-01 hello\n"u8));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("begins with 32 30 32 36 2d 30 33 2d: text, \"2026-03-01 hello\"; verify proves segments", text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Verify(Directory.CreateDirectory(files["empty"]).FullName).Code);
        SampleFiles.Flip(bucket, 50);
        Assert.Equal(ExitCode.Incomplete, Verify(files["none.seg"], bucket).Code);
    }

    [Fact]
    public void As_json_it_can_be_parsed_and_says_the_same()
    {
        string segment = files.Segment(), bucket = files.Bucket();
        SampleFiles.Flip(bucket, 50);
        using var output = new MemoryStream();
        using var json = new VerifyJson(output);
        Assert.Equal(ExitCode.Incomplete, new VerifyRun(Prover(), json).Run([segment, bucket, files["none"]], CancellationToken.None));
        JsonElement root = JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray())).RootElement;
        Assert.False(root.GetProperty("ok").GetBoolean());
        JsonElement[] each = [.. root.GetProperty("files").EnumerateArray()];
        Assert.True(each[0].GetProperty("ok").GetBoolean());
        Assert.Equal(SampleFiles.Lines, each[0].GetProperty("events").GetInt64());
        Assert.Equal(32, each[1].GetProperty("damage")[0].GetProperty("from").GetInt64());
        Assert.Equal("there is no such file", each[2].GetProperty("error").GetString());
    }

    public void Dispose() => files.Dispose();

    private static FileProver Prover() => new(SystemDisk.Instance, new ProgressLine(TextWriter.Null, false, TimeProvider.System), TimeProvider.System);

    private static FileProof Prove(string path) => Prover().Prove(path, CancellationToken.None)!;

    private static (int Code, string Text) Verify(params string[] paths)
    {
        using var output = new StringWriter();
        int code = new VerifyRun(Prover(), new VerifyText(output, output, colours: false)).Run(paths, CancellationToken.None);
        return (code, output.ToString());
    }

    private static bool IsWholeWith(string path, byte[] whole, int flipped)
    {
        byte[] bytes = [.. whole];
        bytes[flipped] ^= 0x41;
        File.WriteAllBytes(path, bytes);
        return Prove(path).IsWhole;
    }

    private static (long From, long To, string What) Place(Finding finding) => (finding.From, finding.To, finding.What);

    private static SegmentFooter Footer(string path)
    {
        using SegmentReader reader = SegmentReader.TryOpen(SystemDisk.Instance.OpenRead(path)!, out _)!;
        return reader.Footer;
    }

    private static List<BucketRecord> Records(string path)
    {
        var records = new List<BucketRecord>();
        using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
        new BucketProof(file, new FileProof(path, FileForm.Bucket), new ProgressLine(TextWriter.Null, false, TimeProvider.System)).Run((record, _) => records.Add(record), CancellationToken.None);
        return records;
    }
}
