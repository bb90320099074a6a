using Tailer.Disk;

namespace Tailer.Cli.Verify;

/// <summary>Small files, whole.</summary>
internal static class FileBytes
{
    public static byte[] ReadAll(IDiskFile file) => Read(file, 0, checked((int)file.Length));

    /// <summary>Fewer bytes than asked for only where the file ends before.</summary>
    public static byte[] Read(IDiskFile file, long offset, int count)
    {
        var bytes = new byte[count];
        int done = 0;
        while (done < count && file.Read(bytes.AsSpan(done), offset + done) is > 0 and int read)
            done += read;
        return done == count ? bytes : bytes[..done];
    }
}
