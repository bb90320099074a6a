namespace Tailer.Hosting;

/// <summary>A directory that belongs to one running process and one user: mode 0700, with a lock that the kernel releases
/// when the process ends, however it ends.</summary>
public sealed class StateDirectory : IDisposable
{
    /// <summary>The lock's file name; the file stays, only the lock on it comes and goes.</summary>
    public const string LockName = "lock";

    /// <summary>What flock(2) says of a lock that another process holds.</summary>
    private const int EWOULDBLOCK = 11;

    private readonly FileStream heldLock;

    private StateDirectory(string path, FileStream held)
    {
        Path = path;
        heldLock = held;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>Creates the directory if needed, checks that nobody else can enter it, and locks it.</summary>
    /// <exception cref="FatalException">78 when it cannot be used (with what to do), 69 when another process holds it.</exception>
    public static StateDirectory Ensure(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        EnsurePrivate(path);
        string lockPath = System.IO.Path.Combine(path, LockName);
        try
        {
            var held = new FileStream(lockPath, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                // On Unix this is flock(LOCK_EX | LOCK_NB): bound to the open file, gone with the process.
                Share = FileShare.None,
                UnixCreateMode = SecretFile.Mode,
            });
            return new StateDirectory(path, held);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FatalException(ExitCode.Config, $"state directory {path}: {e.Message}. Start as the user who owns it.", e);
        }
        catch (IOException e) when (e.HResult != EWOULDBLOCK)
        {
            throw new FatalException(ExitCode.Config, $"state directory {path} cannot be written: {e.Message}. Make it writable, or name another directory.", e);
        }
        catch (IOException e)
        {
            throw new FatalException(ExitCode.Unavailable,
                $"state directory {path} is in use by another process (its file '{LockName}' is locked): {e.Message}. Stop that process, or use another directory.", e);
        }
    }

    /// <summary>Creates a directory with mode 0700, or checks that an existing one is no looser.</summary>
    /// <exception cref="FatalException">78, with what to do.</exception>
    public static void EnsurePrivate(string path)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            if (!Directory.Exists(path))
                Directory.CreateDirectory(path, owner);
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & ~owner & SecretFile.AnyoneElse) != 0)
            {
                throw new FatalException(ExitCode.Config,
                    $"directory {path} can be entered by others (mode {Convert.ToString((int)mode & 0x1FF, 8).PadLeft(4, '0')}); it holds secrets and logs. Run: chmod 700 '{path}'");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Config, $"directory {path} cannot be used: {e.Message}", e);
        }
    }

    public void Dispose() => heldLock.Dispose();
}
