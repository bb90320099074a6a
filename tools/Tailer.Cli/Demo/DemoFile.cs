using System.Globalization;
using System.Text;

namespace Tailer.Cli.Demo;

/// <summary>A log file as an application would keep it: appended to, and now and then rotated by renaming, as logrotate does.</summary>
internal sealed class DemoFile : IDisposable
{
    /// <summary>Rotated files kept; the oldest is deleted, as on a real host.</summary>
    private const int KeptFiles = 5;

    private readonly string livePath;
    private readonly long rotateAtBytes;
    private FileStream stream;

    public DemoFile(string path, long rotateBytes)
    {
        livePath = path;
        rotateAtBytes = rotateBytes;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        stream = Open(path);
    }

    /// <summary>Appends one record, lines and all, in a single write.</summary>
    public void Append(string record)
    {
        stream.Write(Encoding.UTF8.GetBytes(record + "\n"));
        if (stream.Length >= rotateAtBytes)
            Rotate();
    }

    public void Dispose() => stream.Dispose();

    private void Rotate()
    {
        stream.Dispose();
        File.Delete(Numbered(KeptFiles));
        for (int i = KeptFiles - 1; i >= 1; i--)
        {
            if (File.Exists(Numbered(i)))
                File.Move(Numbered(i), Numbered(i + 1));
        }

        File.Move(livePath, Numbered(1));
        stream = Open(livePath);
    }

    private string Numbered(int i) => string.Create(CultureInfo.InvariantCulture, $"{livePath}.{i}");

    // Unbuffered: each record is in the file when Append returns, as it is for most loggers.
    private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
