using FsCheck.Xunit;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

/// <summary>Random actions on a bucket file, against a list of what must be in it.</summary>
public sealed class BucketFileModelTests
{
    private const string Path = "/b";

    [Property(MaxTest = 200)]
    public void A_bucket_file_holds_what_was_appended_whatever_happens_to_it(int seed)
    {
        var run = new Run(seed);
        for (int step = 0; step < 60; step++)
            run.Step();
        run.Check();
    }

    private sealed class Run : IDisposable
    {
        private readonly Random random;
        private readonly MemoryDisk disk = new();
        private readonly FaultyDisk faulty;
        private readonly List<(long Start, RecordHeader Header, byte[] Body, bool IsDamaged)> model = [];
        private readonly IDiskFile live;
        private readonly BucketFileReader follower;
        private BucketFileWriter writer;
        private int followed;
        private bool damaged;

        public Run(int seed)
        {
            random = new Random(seed);
            faulty = new FaultyDisk(disk);
            writer = BucketFileWriter.Open(faulty, Path);
            live = disk.OpenRead(Path)!;
            follower = new BucketFileReader(live);
        }

        public void Step()
        {
            switch (random.Next(9))
            {
                case < 4: Append(); break;
                case 4: FailToAppend(); break;
                case 5: Reopen(); break;
                case 6: Tear(); break;
                case 7: Damage(); break;
                default: Follow(); break;
            }
        }

        public void Check()
        {
            using IDiskFile file = disk.OpenRead(Path)!;
            using var reader = new BucketFileReader(file);
            foreach ((long start, RecordHeader header, byte[] body, bool isDamaged) in model)
            {
                if (isDamaged)
                    continue;
                Assert.True(reader.TryReadNext());
                Assert.Equal((start, header), (reader.RecordPosition, reader.Header));
                Assert.Equal(body, reader.Body.ToArray());
            }
            Assert.False(reader.TryReadNext());
            Assert.Equal(Ranges(), reader.Damage);
            Dispose();
        }

        public void Dispose()
        {
            writer.Dispose();
            follower.Dispose();
            live.Dispose();
        }

        private void Append()
        {
            byte[] body = Body();
            var header = new RecordHeader((RecordType)random.Next(1, 3), Packet.IdOf(body), body.Length, random.Next(2) == 0);
            long position = writer.Append(header.Type, header.Id, body, header.Healed);
            model.Add((position, header, body, false));
            Assert.Equal(position + header.RecordBytes, writer.Length);
        }

        private void FailToAppend()
        {
            long before = writer.Length;
            faulty.FailAt = faulty.Count + 1;
            Assert.Throws<IOException>(() => writer.Append(RecordType.Packet, default, Body()));
            Assert.Equal((before, before), (writer.Length, disk.ReadAll(Path)!.Length));
        }

        /// <summary>A writer that opens the file cuts what is not whole, and damage at the end is not told from that.</summary>
        private void Reopen()
        {
            writer.Dispose();
            long length = disk.ReadAll(Path)!.Length;
            while (model.Count > 0 && model[^1].IsDamaged)
                model.RemoveAt(model.Count - 1);
            writer = BucketFileWriter.Open(faulty, Path);
            long end = model.Count == 0 ? 0 : model[^1].Start + model[^1].Header.RecordBytes;
            Assert.Equal((end, length - end), (writer.Length, writer.TornBytes));
            Assert.Equal(end, disk.ReadAll(Path)!.Length);
        }

        /// <summary>The end of the file is lost, as with the power.</summary>
        private void Tear()
        {
            long end = writer.Length;
            using (IDiskFile file = disk.OpenAppend(Path))
                file.SetLength(end - random.Next((int)Math.Min(end, 300) + 1));
            long length = disk.ReadAll(Path)!.Length;
            model.RemoveAll(record => record.Start + record.Header.RecordBytes > length);
            // A reader that has seen records which then vanish is of another run of the machine.
            damaged = true;
            Reopen();
        }

        private void Damage()
        {
            if (model.Count == 0)
                return;
            int at = random.Next(model.Count);
            (long start, RecordHeader header, byte[] body, bool isDamaged) = model[at];
            if (isDamaged)
                return;
            using IDiskFile file = disk.OpenAppend(Path);
            file.Write([(byte)~disk.ReadAll(Path)![start + 5]], start + 5);
            model[at] = (start, header, body, true);
            damaged = true;
        }

        private void Follow()
        {
            if (damaged)
                return;
            while (follower.TryReadNext())
            {
                Assert.Equal((model[followed].Start, model[followed].Header), (follower.RecordPosition, follower.Header));
                Assert.Equal(model[followed++].Body, follower.Body.ToArray());
            }
            Assert.Equal(model.Count, followed);
            Assert.Empty(follower.Damage);
        }

        private byte[] Body()
        {
            byte[] body = new byte[random.Next(20) == 0 ? random.Next(100_000) : random.Next(200)];
            random.NextBytes(body);
            // Bodies may hold what looks like the start of a record.
            for (int i = random.Next(3); i > 0 && body.Length > 4; i--)
                BitConverter.TryWriteBytes(body.AsSpan(random.Next(body.Length - 4)), RecordHeader.Magic);
            return body;
        }

        private List<(long, long)> Ranges()
        {
            var ranges = new List<(long From, long To)>();
            int last = model.FindLastIndex(record => !record.IsDamaged);
            foreach ((long start, RecordHeader header, _, bool isDamaged) in model.Take(last + 1))
            {
                if (!isDamaged)
                    continue;
                if (ranges.Count > 0 && ranges[^1].To == start)
                    ranges[^1] = (ranges[^1].From, start + header.RecordBytes);
                else
                    ranges.Add((start, start + header.RecordBytes));
            }
            return ranges;
        }
    }
}
