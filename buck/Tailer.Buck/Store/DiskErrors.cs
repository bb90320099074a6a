namespace Tailer.Buck;

/// <summary>What an error says of a disk. .NET puts errno into HResult (Interop.GetIOException of the runtime).</summary>
internal static class DiskErrors
{
    /// <summary>ENOSPC, EDQUOT.</summary>
    public static bool IsFull(IOException e) => e.HResult is 28 or 122;

    /// <summary>
    /// The disk cannot give what is on it: EIO, ENXIO, ENODEV, EBADMSG and EUCLEAN (checksums of file systems), ENOTCONN (the process behind a file system is gone),
    /// ETIMEDOUT, EHOSTDOWN, ESTALE (of networks), EREMOTEIO, ENOMEDIUM. Not that something is missing, forbidden, or too much.
    /// </summary>
    public static bool IsOfDisk(IOException e) => e.HResult is 5 or 6 or 19 or 74 or 107 or 110 or 112 or 116 or 117 or 121 or 123;
}
