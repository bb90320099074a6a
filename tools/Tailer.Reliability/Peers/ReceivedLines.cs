namespace Tailer.Reliability;

/// <summary>Counts the writer's lines in a file that a receiver wrote; what stands before a line's own bytes is the receiver's.</summary>
internal static class ReceivedLines
{
    public static Verdict Compare(WrittenLog written, string path)
    {
        var counts = new byte[written.Lines];
        long wrong = 0;
        using (FileStream file = File.OpenRead(path))
        {
            var buffer = new byte[1 << 20];
            int kept = 0;
            while (file.Read(buffer.AsSpan(kept)) is var read && read > 0)
            {
                Span<byte> bytes = buffer.AsSpan(0, kept + read);
                while (bytes.IndexOf((byte)'\n') is var end && end >= 0)
                {
                    ReadOnlySpan<byte> line = bytes[..(end + 1)];
                    bytes = bytes[(end + 1)..];
                    if (line.Length >= LineMaker.Bytes && LineMaker.NumberOf(line[^LineMaker.Bytes..]) is { } number && number < counts.Length)
                        counts[number] += (byte)(counts[number] < byte.MaxValue ? 1 : 0);
                    else
                        wrong++;
                }
                bytes.CopyTo(buffer);
                kept = bytes.Length;
            }
        }
        long lost = counts.LongCount(count => count == 0);
        long repeated = counts.Sum(count => Math.Max(0L, count - 1L));
        return new Verdict
        {
            Lines = written.Lines,
            Files = written.Files.Count,
            LostLines = lost,
            LostBytes = lost * LineMaker.Bytes,
            ReportedBytes = 0,
            FalselyReportedBytes = 0,
            RepeatedBytes = repeated * LineMaker.Bytes,
            ExactFiles = written.Files.Count(file => counts.AsSpan((int)file.First, (int)file.Lines).IndexOfAnyExcept((byte)1) < 0),
            Wrong = wrong,
        };
    }
}
