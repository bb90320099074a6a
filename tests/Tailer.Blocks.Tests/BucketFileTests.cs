using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

public sealed class BucketFileTests
{
    private const string Path = "/spool/20260312/0001.b";

    private static readonly byte[][] Bodies = [Body(1, 40), Body(2, 0), Body(3, 100), Body(4, 7)];

    private readonly MemoryDisk disk = new();

    public BucketFileTests()
    {
        disk.CreateDirectory("/spool/20260312");
        disk.SyncDirectory("/");
    }

    [Fact]
    public void A_file_that_is_deleted_with_its_folder_while_it_is_open_can_still_be_synced()
    {
        using var directory = new TempDirectory();
        string path = System.IO.Path.Combine(directory.Sub("20261122"), "0900.b");
        using BucketFileWriter writer = BucketFileWriter.Open(SystemDisk.Instance, path);
        writer.Append(RecordType.Packet, new PacketId(1), "body"u8);
        Directory.Delete(System.IO.Path.GetDirectoryName(path)!, recursive: true);
        writer.Sync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_file_cut_anywhere_gives_its_whole_records_and_the_writer_goes_on_after_them()
    {
        byte[] whole = Write(Bodies);
        long[] ends = Ends(Bodies);
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            MemoryDisk torn = With(whole.AsSpan(0, cut));
            int records = ends.Count(end => end <= cut);
            long end = records == 0 ? 0 : ends[records - 1];
            Check(torn, Bodies[..records], [], end);

            var seen = new List<long>();
            using (BucketFileWriter writer = BucketFileWriter.Open(torn, Path, (position, _) => seen.Add(position)))
            {
                Assert.Equal((end, cut - end), (writer.Length, writer.TornBytes));
                Assert.Equal(Bodies[..records].Select((_, i) => i == 0 ? 0 : ends[i - 1]), seen);
                Assert.Equal(end, writer.Append(RecordType.Packet, Packet.IdOf(Bodies[3]), Bodies[3]));
            }
            Check(torn, [.. Bodies[..records], Bodies[3]], [], end + RecordHeader.Bytes + Bodies[3].Length);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_header_hides_its_record_alone_and_is_reported_exactly()
    {
        byte[] whole = Write(Bodies);
        long[] ends = Ends(Bodies);
        for (int record = 0; record < Bodies.Length; record++)
        {
            long start = record == 0 ? 0 : ends[record - 1];
            for (int bit = 0; bit < RecordHeader.Bytes * 8; bit++)
            {
                byte[] damaged = [.. whole];
                damaged[start + (bit / 8)] ^= (byte)(1 << (bit % 8));
                bool isLast = record == Bodies.Length - 1;
                Check(With(damaged), Bodies.Where((_, i) => i != record), isLast ? [] : [(start, ends[record])], isLast ? start : whole.Length);
            }
        }
    }

    [Fact]
    public void Records_damaged_one_after_the_other_are_one_range()
    {
        byte[] whole = Write(Bodies);
        long[] ends = Ends(Bodies);
        whole[ends[0]]++;
        whole[ends[1] + 30]++;
        Check(With(whole), [Bodies[0], Bodies[3]], [(ends[0], ends[2])], whole.Length);
    }

    [Fact]
    public void Foreign_bytes_between_records_are_stepped_over_and_reported_exactly()
    {
        byte[] magic = BitConverter.GetBytes(RecordHeader.Magic);
        foreach (byte[] foreign in (byte[][])[[0], [.. new byte[31]], [.. new byte[5000]], magic, [.. magic, .. magic, .. magic], magic[..3], [.. Body(9, 500), .. magic[..2]], [.. new byte[300_000]]])
        {
            byte[] whole = [.. Write(Bodies[..1]), .. foreign, .. Write(Bodies[1..])];
            long end = Ends(Bodies[..1])[0];
            Check(With(whole), Bodies, [(end, end + foreign.Length)], whole.Length);
        }
    }

    [Fact]
    public void A_damaged_body_is_handed_out_as_it_lies_there()
    {
        byte[] whole = Write(Bodies);
        whole[RecordHeader.Bytes + 3] ^= 0x80;
        using IDiskFile file = With(whole).OpenRead(Path)!;
        using var reader = new BucketFileReader(file);
        Assert.True(reader.TryReadNext());
        Assert.NotEqual(reader.Header.Id, Packet.IdOf(reader.Body.Span));
        Assert.True(reader.TryReadNext());
        Assert.Equal(reader.Header.Id, Packet.IdOf(reader.Body.Span));
        Assert.Empty(reader.Damage);
    }

    [Fact]
    public void A_header_that_claims_too_much_is_no_header()
    {
        byte[] header = new byte[RecordHeader.Bytes];
        new RecordHeader(RecordType.Packet, default, RecordHeader.BodyBytesMax).WriteTo(header);
        Assert.True(RecordHeader.TryRead(header, out _));
        new RecordHeader(RecordType.Packet, default, RecordHeader.BodyBytesMax + 1).WriteTo(header);
        Assert.False(RecordHeader.TryRead(header, out _));
        new RecordHeader(RecordType.Packet, default, -1).WriteTo(header);
        Assert.False(RecordHeader.TryRead(header, out _));
        Assert.False(RecordHeader.TryRead(header.AsSpan(0, 31), out _));
    }

    [Fact]
    public void A_reader_finds_every_record_once_while_the_file_grows_byte_by_byte()
    {
        byte[] whole = Write(Bodies);
        long[] ends = Ends(Bodies);
        using IDiskFile file = disk.OpenAppend("/growing");
        using var reader = new BucketFileReader(file);
        int found = 0;
        Assert.False(reader.TryReadNext());
        for (int i = 0; i < whole.Length; i++)
        {
            file.Write(whole.AsSpan(i, 1), i);
            while (reader.TryReadNext())
                Assert.Equal(Bodies[found++], reader.Body.ToArray());
            Assert.Equal(ends.Count(end => end <= i + 1), found);
            Assert.Equal(found == 0 ? 0 : ends[found - 1], reader.Position);
        }
        Assert.Empty(reader.Damage);
    }

    [Fact]
    public void A_reader_that_saw_a_torn_record_reads_what_was_put_over_it()
    {
        var faulty = new FaultyDisk(disk) { Counts = (operation, _) => operation is DiskOperation.Write or DiskOperation.SetLength };
        using BucketFileWriter writer = BucketFileWriter.Open(faulty, Path);
        writer.Append(RecordType.Packet, default, Bodies[0]);
        using IDiskFile file = disk.OpenRead(Path)!;
        using var reader = new BucketFileReader(file);
        Assert.True(reader.TryReadNext());
        faulty.FailAt = 2;
        faulty.StaysBroken = true;
        Assert.Throws<IOException>(() => writer.Append(RecordType.Packet, Packet.IdOf(Bodies[2]), Bodies[2]));
        Assert.True(file.Length > writer.Length);
        Assert.False(reader.TryReadNext());
        faulty.Repair();
        writer.Append(RecordType.Packet, Packet.IdOf(Bodies[3]), Bodies[3]);
        Assert.True(reader.TryReadNext());
        Assert.Equal(Bodies[3], reader.Body.ToArray());
        Assert.Empty(reader.Damage);
    }

    [Fact]
    public void A_write_that_fails_takes_no_space()
    {
        using BucketFileWriter writer = BucketFileWriter.Open(disk, Path);
        writer.Append(RecordType.Packet, default, Bodies[0]);
        disk.CapacityBytes = disk.UsedBytes + 50;
        Assert.Throws<IOException>(() => writer.Append(RecordType.Packet, default, Bodies[2]));
        Assert.Equal(50, disk.FreeBytes(Path));
        writer.Append(RecordType.Packet, default, Bodies[3]);
        Check(disk, [Bodies[0], Bodies[3]], [], writer.Length);
    }

    [Fact]
    public void A_reader_starts_at_any_record_and_finds_the_next_one_from_anywhere_else()
    {
        byte[] whole = Write(Bodies);
        long[] starts = [0, .. Ends(Bodies)[..^1]];
        using IDiskFile file = disk.OpenRead(Path)!;
        for (int at = 0; at <= whole.Length + 5; at++)
        {
            using var reader = new BucketFileReader(file, at);
            int next = Array.FindIndex(starts, start => start >= at);
            Assert.Equal(next >= 0, reader.TryReadNext());
            if (next < 0)
                continue;
            Assert.Equal((starts[next], Bodies[next].Length), (reader.RecordPosition, reader.Body.Length));
            Assert.Equal(starts[next] == at ? [] : [(at, starts[next])], reader.Damage);
        }
    }

    [Fact]
    public void Records_of_1_mib_are_written_and_read_and_greater_ones_refused()
    {
        byte[] large = Body(5, RecordHeader.BodyBytesMax);
        byte[] whole = Write([large, Bodies[0], large]);
        Check(disk, [large, Bodies[0], large], [], whole.Length);
        using BucketFileWriter writer = BucketFileWriter.Open(disk, Path);
        Assert.Equal(0, writer.TornBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(RecordType.Packet, default, new byte[RecordHeader.BodyBytesMax + 1]));
    }

    [Fact]
    public void Damage_full_of_magic_numbers_is_read_once()
    {
        byte[] magics = new byte[4 * 1024 * 1024];
        for (int i = 0; i < magics.Length; i += 4)
            BitConverter.TryWriteBytes(magics.AsSpan(i), RecordHeader.Magic);
        byte[] whole = [.. magics, .. Write(Bodies[..1])];
        var counting = new FaultyDisk(With(whole)) { Counts = (operation, _) => operation == DiskOperation.Read };
        using IDiskFile file = counting.OpenRead(Path)!;
        using var reader = new BucketFileReader(file);
        Assert.True(reader.TryReadNext());
        Assert.Equal([(0, magics.Length)], reader.Damage);
        Assert.True(counting.Count < 100, $"{counting.Count} reads");
    }

    [Fact]
    public void After_a_sync_the_records_survive_a_power_loss_with_the_name_of_the_file_and_its_folder()
    {
        using (BucketFileWriter writer = BucketFileWriter.Open(disk, Path))
        {
            writer.Append(RecordType.Packet, Packet.IdOf(Bodies[0]), Bodies[0]);
            writer.Sync();
            writer.Append(RecordType.Packet, Packet.IdOf(Bodies[1]), Bodies[1]);
            writer.Sync();
            writer.Append(RecordType.Packet, Packet.IdOf(Bodies[2]), Bodies[2]);
        }
        disk.LosePower();
        Check(disk, Bodies[..2], [], Ends(Bodies)[1]);
    }

    [Fact]
    public void After_a_power_loss_with_torn_sectors_everything_synced_is_there_and_writing_goes_on()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var torn = new MemoryDisk();
            torn.CreateDirectory("/spool/20260312");
            torn.SyncDirectory("/");
            byte[][] bodies = [.. Enumerable.Range(0, 6).Select(i => Body(i, random.Next(2000)))];
            using (BucketFileWriter writer = BucketFileWriter.Open(torn, Path))
            {
                for (int i = 0; i < bodies.Length; i++)
                {
                    writer.Append(RecordType.Packet, Packet.IdOf(bodies[i]), bodies[i]);
                    if (i == 2)
                        writer.Sync();
                }
            }
            torn.LosePower(seed);
            using (BucketFileWriter writer = BucketFileWriter.Open(torn, Path))
                writer.Append(RecordType.Packet, Packet.IdOf(Bodies[0]), Bodies[0]);
            List<byte[]> good = Good(torn);
            Assert.Equal([.. bodies[..3]], good[..3]);
            Assert.Equal(Bodies[0], good[^1]);
            Assert.All(good[3..^1], body => Assert.Contains(bodies, b => b.AsSpan().SequenceEqual(body)));
        }
    }

    [Fact]
    public void After_a_sync_failed_no_later_one_claims_that_all_is_safe()
    {
        var faulty = new FaultyDisk(disk) { Counts = (operation, _) => operation == DiskOperation.Sync, FailAt = 1 };
        using BucketFileWriter writer = BucketFileWriter.Open(faulty, Path);
        writer.Append(RecordType.Packet, default, Bodies[0]);
        Assert.Throws<IOException>(writer.Sync);
        Assert.Contains("earlier", Assert.Throws<IOException>(writer.Sync).Message, StringComparison.Ordinal);
        writer.Append(RecordType.Packet, default, Bodies[1]);
        Check(disk, Bodies[..2], [], Ends(Bodies)[1]);
    }

    [Fact]
    public void A_file_that_cannot_be_read_at_its_opening_is_closed_again()
    {
        Write(Bodies);
        using var temp = new TempDirectory();
        File.WriteAllBytes(temp["b"], disk.ReadAll(Path)!);
        var faulty = new FaultyDisk(SystemDisk.Instance) { Counts = (operation, _) => operation == DiskOperation.Read, FailAt = 1 };
        Assert.Throws<IOException>(() => BucketFileWriter.Open(faulty, temp["b"]));
        Assert.DoesNotContain(temp["b"], Directory.GetFiles("/proc/self/fd").Select(fd => File.ResolveLinkTarget(fd, false)?.FullName));
    }

    private static byte[] Body(int seed, int bytes)
    {
        byte[] body = new byte[bytes];
        new Random(seed).NextBytes(body);
        return body;
    }

    private static long[] Ends(byte[][] bodies)
    {
        long end = 0;
        return [.. bodies.Select(body => end += RecordHeader.Bytes + body.Length)];
    }

    private static MemoryDisk With(ReadOnlySpan<byte> content)
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/spool/20260312");
        using IDiskFile file = disk.OpenAppend(Path);
        file.Write(content, 0);
        return disk;
    }

    /// <summary>Bodies that are what their ids say.</summary>
    private static List<byte[]> Good(MemoryDisk from)
    {
        using IDiskFile file = from.OpenRead(Path)!;
        using var reader = new BucketFileReader(file);
        var good = new List<byte[]>();
        while (reader.TryReadNext())
        {
            if (Packet.IdOf(reader.Body.Span) == reader.Header.Id)
                good.Add(reader.Body.ToArray());
        }
        return good;
    }

    private static void Check(MemoryDisk from, IEnumerable<byte[]> bodies, IReadOnlyList<(long, long)> damage, long end)
    {
        using IDiskFile file = from.OpenRead(Path)!;
        using var reader = new BucketFileReader(file);
        var found = new List<string>();
        while (reader.TryReadNext())
            found.Add(Convert.ToHexString(reader.Body.Span));
        Assert.Equal(bodies.Select(Convert.ToHexString), found);
        Assert.Equal(damage, reader.Damage);
        Assert.Equal(end, reader.Position);
    }

    private byte[] Write(byte[][] bodies)
    {
        disk.Delete(Path);
        using BucketFileWriter writer = BucketFileWriter.Open(disk, Path);
        foreach (byte[] body in bodies)
            writer.Append(RecordType.Packet, Packet.IdOf(body), body);
        return disk.ReadAll(Path)!;
    }
}
