using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Cli.Verify;

/// <summary>Tells what a file is.</summary>
internal static class FormSniffer
{
    private const int StartBytes = 32;

    public static FileForm Of(IDiskFile file)
    {
        ReadOnlySpan<byte> start = Start(file);
        return ByMagic(start) ?? ByName(file.Path) ?? (IsBlock(file, start) ? FileForm.Block : FileForm.Unknown);
    }

    /// <summary>What the file looks like, for whoever gave the wrong one.</summary>
    public static string Describe(IDiskFile file)
    {
        ReadOnlySpan<byte> start = Start(file);
        if (start.IsEmpty)
            return "is empty";
        string hex = string.Join(' ', start[..Math.Min(8, start.Length)].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        string guess = start switch
        {
            [0x1f, 0x8b, ..] => ": gzip",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => ": zstd",
            [0x7f, (byte)'E', (byte)'L', (byte)'F', ..] => ": a program",
            _ when start.IndexOfAnyInRange((byte)0, (byte)8) < 0 => $": text, \"{Printable.Of(Encoding.UTF8.GetString(start).Split('\n')[0].TrimEnd('\uFFFD', '\r'))}\"",
            _ => "",
        };
        return $"begins with {hex}{guess}";
    }

    private static FileForm? ByMagic(ReadOnlySpan<byte> start)
    {
        if (SegmentOutline.HasMagic(start))
            return FileForm.Segment;
        if (start.StartsWith("tailer recent index "u8))
            return FileForm.Catalog;
        return start.Length < sizeof(uint) ? null : BinaryPrimitives.ReadUInt32LittleEndian(start) switch
        {
            RecordHeader.Magic => FileForm.Bucket,
            FrameHeader.Magic => FileForm.Frame,
            Manifest.Magic => FileForm.Manifest,
            _ => null,
        };
    }

    private static FileForm? ByName(string path)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal))
            return FileForm.Segment;
        if (name.EndsWith(Names.BucketSuffix, StringComparison.Ordinal))
            return FileForm.Bucket;
        return name == IndexCatalog.FileName ? FileForm.Catalog : null;
    }

    /// <summary>A block has no magic: its first byte is the codec, and only decoding it tells.</summary>
    private static bool IsBlock(IDiskFile file, ReadOnlySpan<byte> start)
    {
        if (start.Length < 2 || start[0] is 0 or > BlockBuilder.CodecVersion || file.Length > Limits.BlockBodyBytesMax)
            return false;
        using var block = new DecodedBlock();
        return block.TryDecode(FileBytes.ReadAll(file), Limits.FrameSourcesMax) == BlockError.None;
    }

    private static byte[] Start(IDiskFile file)
    {
        var start = new byte[StartBytes];
        return start[..file.Read(start, 0)];
    }
}
