namespace Tailer.Hosting;

/// <summary>Small files that nobody but their owner may read: tokens and keys.</summary>
public static class SecretFile
{
    /// <summary>0600.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal const UnixFileMode AnyoneElse =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Replaces the file as a whole: it is never seen half written or with a looser mode.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temp = $"{path}.{Environment.ProcessId}.tmp";
        using (var stream = new FileStream(temp, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = Mode,
        }))
        {
            // Create mode does not change a file left over from a crash.
            File.SetUnixFileMode(stream.SafeFileHandle, Mode);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temp, path, overwrite: true);
    }

    /// <summary>Reads a text without the white space around it, refusing a file that others can read.</summary>
    /// <exception cref="FatalException">78, with what to do.</exception>
    public static string ReadText(string path)
    {
        try
        {
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & AnyoneElse) != 0)
                throw new FatalException(ExitCode.Config, $"{path} can be read by others; it is a secret. Run: chmod 600 '{path}'");
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Config, $"{path} cannot be read: {e.Message}", e);
        }
    }
}
