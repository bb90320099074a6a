using Tailer.Testing;

namespace Tailer.Disk.Tests;

public sealed class SystemFileTreeTests : FileTreeContract, IDisposable
{
    private readonly TempDirectory temp = new();

    protected override IFileTree Tree => SystemFileTree.Instance;

    protected override ITreeWriter Writer => SystemTreeWriter.Instance;

    protected override string Root => temp.Path;

    protected override bool IsPrivileged => Environment.IsPrivilegedProcess;

    public void Dispose() => temp.Dispose();

    /// <summary>The next stamp that the file system gives is another one.</summary>
    protected override void PassStep()
    {
        string probe = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Writer.Append(probe, "x"u8);
        Tree.Look(probe, out FileStatus first);
        FileStatus now;
        do
        {
            Writer.Append(probe, "x"u8);
            Tree.Look(probe, out now);
        }
        while (now.ModifiedNs <= first.ModifiedNs);
        Writer.Delete(probe);
    }
}
