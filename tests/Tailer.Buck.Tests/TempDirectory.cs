namespace Tailer.Buck.Tests;

/// <summary>A private directory that goes with the test.</summary>
internal sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"tailer-buck-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
