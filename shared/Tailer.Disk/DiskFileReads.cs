namespace Tailer.Disk;

/// <summary>Reads that do not end at a short one.</summary>
public static class DiskFileReads
{
    /// <summary>Fills the buffer from the offset; returns fewer bytes than it holds only where the file ends.</summary>
    public static int ReadFully(this IDiskFile file, Span<byte> buffer, long offset)
    {
        int have = 0;
        while (have < buffer.Length && file.Read(buffer[have..], offset + have) is int read and > 0)
            have += read;
        return have;
    }
}
