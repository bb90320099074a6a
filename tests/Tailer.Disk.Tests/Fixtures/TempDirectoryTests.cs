using Tailer.Testing;

namespace Tailer.Disk.Tests.Fixtures;

public sealed class TempDirectoryTests
{
    [Fact]
    public void It_is_private_and_gone_with_all_it_holds_when_disposed()
    {
        string path;
        using (var directory = new TempDirectory())
        {
            path = directory.Path;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            Assert.True(File.Exists(directory.File("a/b.log", "x")));
        }
        Assert.False(Directory.Exists(path));
    }
}
