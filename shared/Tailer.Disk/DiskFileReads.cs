using System.Buffers;

namespace Tailer.Disk;

/// <summary>Reads that do not end at a short one, and what is made of them.</summary>
public static class DiskFileReads
{
    private const int CopyBytes = 256 * 1024;

    /// <summary>Fills the buffer from the offset; returns fewer bytes than it holds only where the file ends.</summary>
    public static int ReadFully(this IDiskFile file, Span<byte> buffer, long offset)
    {
        int have = 0;
        while (have < buffer.Length && file.Read(buffer[have..], offset + have) is int read and > 0)
            have += read;
        return have;
    }

    /// <summary>
    /// Puts the bytes from one position to another, or to the file's end, over themselves. After a failed sync a system may hold bytes that it believes
    /// to be on the disk, and call the next sync a success; written again they are unwritten again, and that sync means what it says.
    /// </summary>
    public static void WriteAgain(this IDiskFile file, long from, long to)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            for (long at = from; at < to;)
            {
                int read = file.Read(buffer.AsSpan(0, (int)Math.Min(CopyBytes, to - at)), at);
                if (read == 0)
                    break;
                file.Write(buffer.AsSpan(0, read), at);
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
