using System.Buffers.Binary;
using System.Text;
using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Cli.Tests.Export;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Verify;

/// <summary>Real small files, made by the writers; and the same with bytes changed.</summary>
internal sealed class SampleFiles : IDisposable
{
    public const int Lines = 3000;

    private static readonly SourceDescriptor[] Sources = [.. new[] { TestArchive.Source(1), TestArchive.Source(2, path: "/var/log/orders.log") }.OrderBy(s => s.Id)];

    private readonly TempDirectory temp = new();

    private const int BlockEvents = 16_384;

    public string Folder => temp.Path;

    public static ulong Start => TestArchive.Minute(0);

    public string this[string name] => temp[name];

    /// <summary>A sealed segment at its place in an archive; <paramref name="blocks"/> of 16,384 events at most.</summary>
    public string Segment(int lines = Lines, SegmentKind kind = SegmentKind.Sealed, Func<SegmentFooter, SegmentFooter>? final = null, Action<SegmentWriter>? write = null, bool swapSources = false)
    {
        string folder = temp.Sub(Names.Span("test", Start, LogTime.PerHour));
        string draft = Path.Combine(folder, "draft");
        SourceDescriptor[] sources = swapSources ? [Sources[1], Sources[0]] : Sources;
        var plan = new SegmentFooter { Environment = "test", SpanStart = Start, SpanWidth = LogTime.PerHour, Kind = kind, Complete = true, Sources = [.. sources.Select(s => new SegmentSource(s, 0, []))] };
        SegmentFooter footer;
        using (IDiskFile file = SystemDisk.Instance.OpenAppend(draft))
        using (var writer = new SegmentWriter(file, plan, 3, BlockEvents))
        {
            Write(lines, (source, e) => writer.Add(e with { Source = source }));
            write?.Invoke(writer);
            footer = writer.Finish(final ?? (f => f with { Packets = [new PacketId(1), new PacketId(2)], Manifests = [Manifest().ToArray()] }));
        }
        string path = Path.Combine(folder, Names.Segment(footer.EventTimeMin, footer.EventTimeMax, footer.ContentHash, kind == SegmentKind.Strays));
        File.Move(draft, path);
        return path;
    }

    /// <summary>A bucket file with packets 0 to 2 of 100 lines each and a manifest.</summary>
    public string Bucket(Action<BucketFileWriter>? more = null)
    {
        string path = temp[Names.Bucket(Start, LogTime.PerMinute)];
        temp.Sub(Names.Day(Start));
        using BucketFileWriter writer = BucketFileWriter.Open(SystemDisk.Instance, path);
        for (int i = 0; i < 3; i++)
            Append(writer, Packet(i));
        byte[] manifest = Manifest().ToArray();
        writer.Append(RecordType.Manifest, Blocks.Packet.IdOf(manifest), manifest);
        more?.Invoke(writer);
        return path;
    }

    public static void Append(BucketFileWriter writer, Packet packet, bool healed = false) => writer.Append(RecordType.Packet, packet.Id, packet.Frame.Span, healed);

    public static Packet Packet(int number, ulong? sealedTime = null)
    {
        using var builder = new PacketBuilder();
        int[] indexes = [.. Sources.Select(s => builder.Source(s.Id, s))];
        Write(100, (source, e) => builder.Add(e with { Source = indexes[source], Offset = e.Offset + (ulong)number * 100_000 }));
        return builder.Seal(new PacketStamp { Agent = "agent", Epoch = new EpochId(7), Number = (ulong)number, SealedTime = (sealedTime ?? Start) + (ulong)number * LogTime.PerSecond, BucketSeconds = 60 });
    }

    public static Manifest Manifest() => new()
    {
        Agent = "agent",
        Host = TestArchive.Host,
        Epoch = new EpochId(7),
        Number = 0,
        SealedTime = Start + LogTime.PerMinute,
        BucketSeconds = 60,
        CoversFrom = Start,
        CoversTo = Start + LogTime.PerMinute,
        Packets = [new PacketId(1)],
        Sources = [.. Sources.Select(s => new ManifestSource { Descriptor = s, From = 0, To = 10, Events = 1, Skips = [new Skip(3, 5, SkipReason.DeletedUnread)] })],
    };

    /// <summary>Writes a file of any name.</summary>
    public string Raw(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(temp[name], bytes.ToArray());
        return temp[name];
    }

    /// <summary>Changes one byte.</summary>
    public static void Flip(string path, long at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 0x41;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes another footer behind a segment's blocks, with checksums that fit.</summary>
    public static void ReplaceFooter(string path, Action<SegmentFooter, ByteWriter> write)
    {
        using var plain = new ByteWriter();
        using (SegmentReader reader = SegmentReader.TryOpen(SystemDisk.Instance.OpenRead(path)!, out _)!)
            write(reader.Footer, plain);
        using var packed = new ByteWriter();
        packed.Advance(Zstd.Compress(plain.Written, packed.GetSpan(Zstd.CompressBound(plain.Length)), 1));
        byte[] bytes = File.ReadAllBytes(path);
        byte[] trailer = bytes[^40..];
        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        BinaryPrimitives.WriteInt32LittleEndian(trailer.AsSpan(8), packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(trailer.AsSpan(12), plain.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(16), Crc32C.Compute(packed.Written));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(28), Crc32C.Compute(trailer.AsSpan(0, 28)));
        File.WriteAllBytes(path, [.. bytes.AsSpan(0, (int)offset), .. packed.Written, .. trailer]);
    }

    /// <summary>A packet with a byte of its header changed, and the header's checksum made to fit.</summary>
    public static Packet Altered(Packet packet, int at)
    {
        byte[] frame = packet.Frame.ToArray();
        frame[at] ^= 1;
        int crcAt = packet.Header.HeaderBytes - sizeof(uint);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(crcAt), Crc32C.Compute(frame.AsSpan(0, crcAt)));
        return Blocks.Packet.TryRead(frame, out _)!;
    }

    public void Dispose() => temp.Dispose();

    private static void Write(int lines, EventWriter add)
    {
        var generator = new LogGenerator(5, LogTime.ToDateTimeOffset(Start));
        ulong[] ends = new ulong[Sources.Length];
        for (int i = 0; i < lines; i++)
        {
            GeneratedLine line = generator.Next();
            int source = i % Sources.Length;
            byte[] bytes = Encoding.UTF8.GetBytes(line.Text + "\n");
            add(source, new Event { Source = source, Offset = ends[source], Bytes = bytes, Time = Start + (ulong)i * LogTime.PerMillisecond, Host = TestArchive.Host, App = line.App, Severity = Severity.Info, Pid = 42 });
            ends[source] += (ulong)bytes.Length;
        }
    }

    private delegate void EventWriter(int source, Event e);
}
