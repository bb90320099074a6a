namespace Tailer.Testing;

/// <summary>A directory of one test, mode 0700, deleted with all it holds when disposed.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("tailer-test-").FullName;

    public string Path { get; }

    /// <summary>The absolute path of something in it.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Creates a directory in it, mode 0700 as well, and returns its absolute path.</summary>
    public string Sub(string relative) =>
        Directory.CreateDirectory(this[relative], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    /// <summary>Writes a file in it, with its folders, and returns its absolute path.</summary>
    public string File(string relative, string content)
    {
        string path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Processes of the test may still be writing while it ends, so a directory that is "not empty" is tried again.</summary>
    public void Dispose()
    {
        const int Attempts = 5;
        for (int attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (attempt < Attempts)
            {
            }
        }
    }

    public override string ToString() => Path;
}
