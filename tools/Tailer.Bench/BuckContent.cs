using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Bench;

/// <summary>Raw bytes of the packets in a buck's data directory while it is written; each look reads only what is new.</summary>
internal sealed class BuckContent(string directory)
{
    private readonly Dictionary<string, long> positions = [];

    /// <summary>Raw bytes of all packets so far, repeats included.</summary>
    public long Raw { get; private set; }

    /// <summary>When the latest of the files was written last.</summary>
    public DateTime LastWrite { get; private set; }

    public long Look()
    {
        if (!Directory.Exists(directory))
            return 0;
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Names.BucketSuffix, SearchOption.AllDirectories))
            Read(path);
        return Raw;
    }

    private void Read(string path)
    {
        long from = positions.GetValueOrDefault(path);
        if (new FileInfo(path) is not { Exists: true } info || info.Length == from || SystemDisk.Instance.OpenRead(path) is not { } file)
            return;
        if (info.LastWriteTimeUtc > LastWrite)
            LastWrite = info.LastWriteTimeUtc;
        using (file)
        using (var reader = new BucketFileReader(file, from))
        {
            while (reader.TryReadNext())
            {
                if (reader.Header.Type == RecordType.Packet && FrameHeader.TryRead(reader.Body.Span, out FrameHeader? header) == FrameError.None)
                    Raw += header!.RawBytes;
            }
            positions[path] = reader.Position;
        }
    }
}
