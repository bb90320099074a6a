using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Reliability;

/// <summary>Reads a whole archive, as any reader would, and compares it with what the writer noted.</summary>
internal sealed class ArchiveCheck : IDisposable
{
    private readonly WrittenLog written;
    private readonly Dictionary<SourceId, HeldSource> sources = [];
    private readonly List<HeldSource>[] byFile;

    private ArchiveCheck(WrittenLog written)
    {
        this.written = written;
        byFile = [.. written.Files.Select(_ => new List<HeldSource>())];
    }

    /// <summary>Reads the segments in order. Throws <see cref="InvalidDataException"/> when one is damaged.</summary>
    public static ArchiveCheck Read(WrittenLog written, IEnumerable<string> segments)
    {
        var check = new ArchiveCheck(written);
        using var block = new DecodedBlock();
        foreach (string path in segments)
        {
            using SegmentReader segment = SegmentReader.TryOpen(SystemDisk.Instance.OpenRead(path)!, out SegmentError error)
                ?? throw new InvalidDataException($"{path} cannot be read: {error}");
            for (int i = 0; i < segment.Footer.Blocks.Count; i++)
            {
                if (segment.TryReadBlock(i, block) is var damage && damage != BlockError.None)
                    throw new InvalidDataException($"{path}, block {i}: {damage}");
                for (int k = 0; k < block.Count; k++)
                {
                    Event e = block[k];
                    check.SourceOf(segment.Footer.Sources[block.Source(k)].Descriptor.Id).Add(written, e.Offset, e.Bytes);
                }
            }
        }
        foreach (HeldSource source in check.sources.Values)
        {
            if (source.File is { } file)
                check.byFile[file].Add(source);
        }
        return check;
    }

    public Verdict Compare(AuditAnswer audit, string agent)
    {
        Dictionary<int, Coverage> reported = Reported(audit, agent, out long elsewhere);
        long lostLines = 0, lostBytes = 0, reportedBytes = 0, falselyReported = elsewhere, repeated = 0, exact = 0;
        var unseen = new List<int>();
        for (int i = 0; i < byFile.Length; i++)
        {
            Incarnation file = written.Files[i];
            var held = new Coverage();
            ulong came = 0;
            foreach (HeldSource source in byFile[i])
            {
                Coverage own = source.Held();
                came += own.Bytes + source.RepeatedBytes;
                held.Add(own);
            }
            repeated += (long)(came - held.Bytes);
            Coverage missing = held.Gaps(new ByteRange(0, (ulong)file.Bytes));
            lostLines += LinesIn(missing);
            lostBytes += (long)missing.Bytes;
            exact += missing.IsEmpty && byFile[i] is [{ } only] && only.Sha256() == file.Sha256 ? 1 : 0;
            Coverage said = reported.GetValueOrDefault(i, new Coverage());
            if (byFile[i].Count == 0 && said.IsEmpty)
                unseen.Add(i);
            Coverage right = Common(missing, said);
            reportedBytes += (long)right.Bytes;
            falselyReported += (long)(said.Bytes - right.Bytes);
        }
        return new Verdict
        {
            Lines = written.Lines,
            Files = written.Files.Count,
            LostLines = lostLines,
            LostBytes = lostBytes,
            ReportedBytes = reportedBytes,
            FalselyReportedBytes = falselyReported,
            UnseenFiles = unseen,
            UnseenBytes = unseen.Sum(i => written.Files[i].Bytes),
            UnseenReported = audit.Gaps.Count(gap => gap.IsUnseen),
            RepeatedBytes = repeated,
            ExactFiles = exact,
            Wrong = sources.Values.Sum(s => s.Wrong + (s.File is null ? 1 : 0)),
        };
    }

    public void Dispose()
    {
        foreach (HeldSource source in sources.Values)
            source.Dispose();
    }

    private HeldSource SourceOf(SourceId id)
    {
        if (!sources.TryGetValue(id, out HeldSource? source))
            sources.Add(id, source = new HeldSource());
        return source;
    }

    /// <summary>
    /// Gaps by file. Lines tell which file a source is; of a source without any line its id does, for that is derived from what the
    /// writer knows too.
    /// </summary>
    private Dictionary<int, Coverage> Reported(AuditAnswer audit, string agent, out long elsewhere)
    {
        var files = new Dictionary<SourceId, int>();
        for (int i = 0; i < written.Files.Count; i++)
        {
            Incarnation file = written.Files[i];
            files[SourceDescriptor.DeriveId(SourceKind.File, agent, file.Device, file.Inode, file.BirthNs, 0, "")] = i;
        }
        foreach ((SourceId id, HeldSource source) in sources)
        {
            if (source.File is { } file)
                files[id] = file;
        }
        var reported = new Dictionary<int, Coverage>();
        elsewhere = 0;
        foreach (FileGap gap in audit.Gaps.Where(gap => !gap.IsUnseen))
        {
            if (!files.TryGetValue(gap.Source, out int file))
            {
                elsewhere += (long)gap.Range.Length;
                continue;
            }
            if (!reported.TryGetValue(file, out Coverage? ranges))
                reported.Add(file, ranges = new Coverage());
            ranges.Add(gap.Range);
        }
        return reported;
    }

    private static Coverage Common(Coverage a, Coverage b)
    {
        var common = new Coverage();
        foreach (ByteRange range in b)
            common.Add(a.Within(range));
        return common;
    }

    /// <summary>Lines of which at least a byte is in one of the ranges.</summary>
    private static long LinesIn(Coverage ranges)
    {
        long lines = 0, counted = -1;
        foreach (ByteRange range in ranges)
        {
            long from = Math.Max(counted + 1, (long)range.From / LineMaker.Bytes);
            long to = ((long)range.To - 1) / LineMaker.Bytes;
            lines += Math.Max(0, to - from + 1);
            counted = Math.Max(counted, to);
        }
        return lines;
    }
}
