using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Cli.Inspect;
using Tailer.Cli.Show;
using Tailer.Cli.Tests.Export;
using Tailer.Cli.Tests.Verify;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Stores;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Inspect;

public sealed class InspectTests : IDisposable
{
    private static readonly InspectOptions Few = new(false, false, false, 0);
    private static readonly InspectOptions All = new(true, true, true, 3);

    private readonly SampleFiles files = new();

    [Fact]
    public void A_segment_is_described()
    {
        string path = files.Segment(20_000, final: f => f with
        {
            Packets = [.. Enumerable.Range(1, 25).Select(i => new PacketId((ulong)i))],
            Manifests = [SampleFiles.Manifest().ToArray()],
            Gaps = [new SegmentGap(f.Sources[0].Descriptor.Id, 5, 900, SkipReason.Missing)],
            Silent = [new SilentAgent("web7", SampleFiles.Start)],
        });
        string text = Text(path, Few);
        Assert.StartsWith($"{path}: sealed segment, ", text, StringComparison.Ordinal);
        AssertLines(
            text,
            "  proof         whole",
            "  environment   test",
            "  span          2026-03-01 12:00:00 UTC, 1h",
            "  events        20,000",
            "  severities    info 20,000",
            "blocks: 2",
            "sources: 2",
            "  0f69d889     5  900  895 B  no packet with them was found  /var/log/app.log",
            "  web7   2026-03-01 12:00:00.000",
            "  a4f66383  agent  web1       0  2026-03-01 12:00:00  12:01:00        1        2      2",
            "packets merged: 25 (--packets lists them)",
            "footer sections: 9");
        Assert.DoesNotContain("damage", text, StringComparison.Ordinal);
        Assert.Contains("\n  00000000000000000000000000000019\n", Text(path, All), StringComparison.Ordinal);
        Assert.Contains($"  {Sources(path)[0]}", Text(path, All), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_long_tables_the_first_rows_are_shown_and_how_to_see_all()
    {
        string path = files.Bucket(w => { for (int i = 3; i < 30; i++) SampleFiles.Append(w, SampleFiles.Packet(i)); });
        Assert.Contains("\n  ... 10 more, --packets shows all\n", Text(path, Few), StringComparison.Ordinal);
        Assert.DoesNotContain("more, --packets", Text(path, All), StringComparison.Ordinal);
        Assert.Equal(30, Json(path, Few).GetProperty("packets").GetArrayLength());
    }

    [Fact]
    public void A_section_of_an_unknown_tag_is_listed_by_its_number()
    {
        string path = files.Segment(10);
        SampleFiles.ReplaceFooter(path, (footer, to) =>
        {
            footer.WriteTo(to);
            to.Varint(77);
            to.LengthPrefixed(new byte[500]);
        });
        string text = Text(path, Few);
        AssertLines(text, "  proof         whole", "   77  (unknown to this version)  500 B");
        Assert.Equal(77, Json(path, Few).GetProperty("sections").EnumerateArray().Last().GetProperty("tag").GetInt32());
    }

    [Fact]
    public void Events_are_shown_with_source_offset_time_host_app_severity_and_line()
    {
        string path = files.Segment();
        string[] lines = Text(path, All).Split('\n');
        int at = Array.FindIndex(lines, l => l.StartsWith("first 3 events", StringComparison.Ordinal));
        Assert.StartsWith("  #1 @0 2026-03-01 12:00:00.000 web1 postgres info  2026-03-01 12:00:00.005 UTC [961] LOG:", lines[at + 1], StringComparison.Ordinal);
        JsonElement sample = Json(path, All).GetProperty("sample");
        Assert.Equal(3, sample.GetArrayLength());
        Assert.Equal("2026-03-01T12:00:00.0010000Z", sample[1].GetProperty("time").GetString());
        Assert.Equal("info", sample[1].GetProperty("severity").GetString());
    }

    [Fact]
    public void A_line_cannot_move_the_cursor()
    {
        string path = files.Segment(0, write: w => w.Add(new Event { Source = 0, Offset = 0, Bytes = "\u001b]0;x\u0007boo\n"u8, Time = SampleFiles.Start, Host = "h\u001b[2J" }));
        Assert.DoesNotContain('\u001b', Text(path, All));
    }

    [Fact]
    public void A_bucket_file_is_described()
    {
        Packet first = SampleFiles.Packet(0);
        string text = Text(files.Bucket(), All);
        AssertLines(
            text,
            "  proof         whole",
            "  bucket        2026-03-01 12:00:00 UTC, 60 s",
            "  records       3 packets, 1 manifest",
            "  agents        agent",
            "  events        300",
            $"         0  {first.Id.ToString()[..8]}  agent  0000        0  12:00:00.000     100  12.4 KiB    {Cell.Ratio(first.Header.RawBytes, first.Header.FrameBytes).Text}  #1 0..6290 #2 0..6384");
    }

    [Fact]
    public void Damaged_packets_are_listed_with_what_can_be_told_of_them()
    {
        string path = files.Bucket();
        JsonElement second = Json(path, Few).GetProperty("packets")[1];
        SampleFiles.Flip(path, second.GetProperty("position").GetInt64() + second.GetProperty("bytes").GetInt64() - 100);
        JsonElement json = Json(path, Few);
        Assert.False(json.GetProperty("ok").GetBoolean());
        Assert.Equal(1, json.GetProperty("packets")[1].GetProperty("number").GetInt32());
        Assert.Equal("packet 1 of agent agent has a block whose checksum does not fit", json.GetProperty("packets")[1].GetProperty("damage").GetString());
        Assert.Equal(200, json.GetProperty("events").GetInt64());
        AssertLines(Text(path, Few), "  proof         damaged: 1 finding, at the end");
    }

    [Fact]
    public void A_segment_whose_blocks_are_damaged_still_shows_its_tables_and_the_other_blocks()
    {
        string path = files.Segment(20_000);
        SampleFiles.Flip(path, 5000);
        string text = Text(path, All);
        AssertLines(text, "  proof         damaged: 1 finding, at the end", "blocks: 2");
        Assert.Contains(": block 1 of 2 ", text, StringComparison.Ordinal);
        Assert.Contains("first 3 events", text, StringComparison.Ordinal);
        Assert.Contains("to do: put another copy of this object in its place", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_without_footer_says_so()
    {
        string path = files.Raw("cut.seg", File.ReadAllBytes(files.Segment()).AsSpan()[..^60]);
        Assert.Contains("there is no trailer at the end", Text(path, Few), StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_a_manifest_and_a_block_alone_are_described()
    {
        Packet packet = SampleFiles.Packet(0);
        AssertLines(Text(files.Raw("p", packet.Frame.Span), All), $"  packet id     {packet.Id}", "blocks: 1", "sources: 2");
        AssertLines(Text(files.Raw("b", packet.Payload), All), "blocks: 1", "  severities    info 100");
        string manifest = Text(files.Raw("m", SampleFiles.Manifest().ToArray()), All);
        AssertLines(manifest, "what it says of sources: 2");
        Assert.Contains("3..5 deleted before they could be read", manifest, StringComparison.Ordinal);
        string damaged = files.Raw("d", packet.Frame.Span);
        SampleFiles.Flip(damaged, packet.Frame.Length - 100);
        AssertLines(Text(damaged, All), "  proof         damaged: 1 finding, at the end", "  agent         agent");
    }

    [Fact]
    public void A_catalog_is_described_and_its_segments_are_looked_for()
    {
        string segment = files.Segment(kind: SegmentKind.Recent);
        string path = Path.Combine(Path.GetDirectoryName(segment)!, IndexCatalog.FileName);
        string line = $"segment {Path.GetFileName(segment)} {SampleFiles.Start} {LogTime.PerHour} {SampleFiles.Start} {SampleFiles.Start} 3000 1000 {new FileInfo(segment).Length}\n";
        Write(path, $"tailer recent index 1\nwatermark {SampleFiles.Start}\n{line}");
        AssertLines(Text(path, Few), "  proof         whole", "  watermark     2026-03-01 12:00:00.000", "segments: 1");
        Write(path, $"tailer recent index 1\nwatermark {SampleFiles.Start}\n{line}{line.Replace("segment ", "segment 0", StringComparison.Ordinal)}");
        Assert.Contains("is not there", Text(path, Few), StringComparison.Ordinal);
        SampleFiles.Flip(path, 30);
        Assert.Contains("a catalog whose checksum does not fit", Text(path, Few), StringComparison.Ordinal);

        static void Write(string path, string text) => File.WriteAllText(path, $"{text}crc {Crc32C.Compute(Encoding.UTF8.GetBytes(text)):x8}\n");
    }

    [Fact]
    public void Every_form_is_json_that_can_be_parsed()
    {
        Packet packet = SampleFiles.Packet(0);
        string[] paths = [files.Segment(), files.Bucket(), files.Raw("p", packet.Frame.Span), files.Raw("b", packet.Payload), files.Raw("m", SampleFiles.Manifest().ToArray()), files.Raw("empty.b", [])];
        foreach (string path in paths)
        {
            JsonElement json = Json(path, All);
            Assert.True(json.GetProperty("ok").GetBoolean());
            Assert.Equal(path, json.GetProperty("file").GetString());
        }
    }

    [Fact]
    public void No_damage_makes_it_fail()
    {
        var random = new Random(11);
        string[] paths = [files.Segment(40), files.Bucket(), files.Raw("p", SampleFiles.Packet(0).Frame.Span), files.Raw("m", SampleFiles.Manifest().ToArray())];
        foreach (string path in paths)
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int i = 0; i < 200; i++)
            {
                byte[] bytes = [.. whole];
                for (int k = 0; k <= i % 4; k++)
                    bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(path, i % 5 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
                try
                {
                    Text(path, All);
                }
                catch (FatalException e)
                {
                    // Cut so short that nothing tells what it was.
                    Assert.Equal(ExitCode.Usage, e.ExitCode);
                }
            }
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_named_by_its_first_bytes()
    {
        FatalException e = Assert.Throws<FatalException>(() => Describe(files.Raw("x.gz", [0x1f, 0x8b, 8, 0, 0]), Few));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.EndsWith("x.gz begins with 1f 8b 08 00 00: gzip; inspect knows segments (.seg), bucket and spool files (.b), single packets, manifests and blocks, and the catalog of a recent index", e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unavailable, Assert.Throws<FatalException>(() => Describe(files["none"], Few)).ExitCode);
        Assert.Equal(ExitCode.Usage, Assert.Throws<FatalException>(() => Describe(files.Folder, Few)).ExitCode);
    }

    [Fact]
    public async Task The_commands_run_with_the_right_exit_codes_and_output()
    {
        string segment = files.Segment(100), bucket = files.Bucket();
        ProcessResult inspected = await TailerProcess.Run("tailer", ["inspect", segment, "--json", "--events", "2"]);
        Assert.Equal((0, ""), (inspected.ExitCode, inspected.Errors));
        Assert.Equal(2, JsonDocument.Parse(inspected.Output).RootElement.GetProperty("sample").GetArrayLength());
        Assert.Equal(0, (await TailerProcess.Run("tailer", ["verify", files.Folder])).ExitCode);
        SampleFiles.Flip(bucket, 100);
        Assert.Equal(3, (await TailerProcess.Run("tailer", ["inspect", bucket])).ExitCode);
        ProcessResult verified = await TailerProcess.Run("tailer", ["verify", segment, bucket, "--json"]);
        Assert.Equal(3, verified.ExitCode);
        Assert.False(JsonDocument.Parse(verified.Output).RootElement.GetProperty("ok").GetBoolean());
        ProcessResult misused = await TailerProcess.Run("tailer", ["inspect", segment, "--events", "many"]);
        Assert.Equal(64, misused.ExitCode);
        Assert.Contains("--events takes a number, not 'many'", misused.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => files.Dispose();

    private static Description Describe(string path, InspectOptions options) =>
        new FileInspection(SystemDisk.Instance, options, new ProgressLine(TextWriter.Null, false, TimeProvider.System)).Run(path, CancellationToken.None);

    private static string Text(string path, InspectOptions options)
    {
        using var output = new StringWriter();
        new DescriptionText(output, colours: false, width: null).Show(Describe(path, options));
        return output.ToString();
    }

    private static JsonElement Json(string path, InspectOptions options)
    {
        using var output = new MemoryStream();
        DescriptionJson.Write(Describe(path, options), output);
        return JsonDocument.Parse(output.ToArray()).RootElement;
    }

    private static string[] Sources(string path) => [.. Json(path, Few).GetProperty("sources").EnumerateArray().Select(s => s.GetProperty("source").GetString()!)];

    private static void AssertLines(string text, params string[] expected)
    {
        string[] lines = text.Split('\n');
        foreach (string line in expected)
            Assert.Contains(line, lines);
    }
}
