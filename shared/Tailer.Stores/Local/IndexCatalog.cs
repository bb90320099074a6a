using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// Which segments a local index consists of, and up to which bucket it is complete. One small file, replaced atomically, so
/// that segments and watermark always change together. Text format: docs/formats/recent.md; keep both in step.
/// </summary>
public sealed record IndexCatalog(ulong Watermark, IReadOnlyList<IndexedSegment> Segments)
{
    public const string FileName = "catalog";
    private const string Header = "tailer recent index 1";

    public static IndexCatalog Empty { get; } = new(0, []);

    /// <summary>Empty when there is none yet; throws <see cref="InvalidDataException"/> when it is damaged or of another version.</summary>
    public static IndexCatalog Read(IDisk disk, string directory)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string path = Path.Combine(directory, FileName);
        if (disk.ReadAll(path) is not { } bytes)
            return Empty;
        return TryParse(Encoding.UTF8.GetString(bytes)) ?? throw new InvalidDataException(
            $"{path} is damaged or of another version; delete the directory {directory} and the porter builds the index anew from the bucks and the archive");
    }

    internal void Write(IDisk disk, string directory) =>
        AtomicFile.Write(disk, Path.Combine(directory, FileName), Encoding.UTF8.GetBytes(ToText()));

    /// <summary>Null when the text is damaged or of another version.</summary>
    public static IndexCatalog? TryParse(string text)
    {
        int crcLine = text.TrimEnd('\n').LastIndexOf('\n') + 1;
        if (crcLine == 0 || text[crcLine..] != CrcLine(text[..crcLine]))
            return null;
        string[] lines = text[..crcLine].TrimEnd('\n').Split('\n');
        if (lines.Length < 2 || lines[0] != Header || lines[1].Split(' ') is not ["watermark", string watermark] || !TryNumber(watermark, out ulong covered))
            return null;
        var segments = new List<IndexedSegment>(lines.Length - 2);
        foreach (string line in lines.Skip(2))
        {
            if (TryParseSegment(line) is not { } segment)
                return null;
            segments.Add(segment);
        }
        return new IndexCatalog(covered, segments);
    }

    internal string ToText()
    {
        var text = new StringBuilder();
        text.Append(Header).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"watermark {Watermark}\n");
        foreach (IndexedSegment s in Segments)
            text.Append(CultureInfo.InvariantCulture, $"segment {s.Name} {s.SpanStart} {s.SpanWidth} {s.EventTimeMin} {s.EventTimeMax} {s.Events} {s.RawBytes} {s.FileBytes}\n");
        return text.Append(CrcLine(text.ToString())).ToString();
    }

    private static IndexedSegment? TryParseSegment(string line)
    {
        string[] fields = line.Split(' ');
        var numbers = new ulong[7];
        if (fields.Length != 9 || fields[0] != "segment" || fields[1].Contains('/', StringComparison.Ordinal))
            return null;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!TryNumber(fields[i + 2], out numbers[i]))
                return null;
        }
        return new IndexedSegment(fields[1], numbers[0], numbers[1], numbers[2], numbers[3], (long)numbers[4], (long)numbers[5], (long)numbers[6]);
    }

    private static bool TryNumber(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string CrcLine(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"crc {Crc32C.Compute(Encoding.UTF8.GetBytes(text)):x8}\n");
}
