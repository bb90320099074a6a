namespace Tailer.Disk.Tests;

public sealed class SystemDiskTests : DiskContract
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    protected override IDisk Disk => SystemDisk.Instance;

    [Fact]
    public void New_directories_and_their_new_parents_are_private()
    {
        Disk.CreateDirectory(At("x/y/z"));
        Assert.All(["x", "x/y", "x/y/z"], d => Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(At(d))));
    }

    [Fact]
    public void New_files_are_private()
    {
        Put("a", "x");
        Assert.Equal(Private, File.GetUnixFileMode(At("a")));
        AtomicFile.Write(Disk, At("b"), "x"u8);
        Assert.Equal(Private, File.GetUnixFileMode(At("b")));
    }

    [Fact]
    public void Two_pieces_on_a_full_disk_fail_as_one_would()
    {
        const int ENOSPC = 28;
        using IDiskFile file = Disk.OpenAppend("/dev/full");
        IOException one = Assert.ThrowsAny<IOException>(() => file.Write("headbody"u8, 0));
        IOException two = Assert.ThrowsAny<IOException>(() => file.Write("head"u8, "body"u8, 0));
        Assert.Equal((ENOSPC, one.Message), (two.HResult, two.Message));
    }

    [Fact]
    public void A_dangling_link_can_be_deleted()
    {
        File.CreateSymbolicLink(At("link"), At("nowhere"));
        Assert.True(Disk.Delete(At("link")));
        Assert.Empty(Disk.List(Temp.Path));
    }

    [Fact]
    public void A_rename_to_another_file_system_is_refused_and_not_half_done()
    {
        const string Shared = "/dev/shm";
        if (!Directory.Exists(Shared) || new DriveInfo(Shared).DriveFormat == new DriveInfo(Temp.Path).DriveFormat)
            return;
        string other = Path.Combine(Shared, Path.GetFileName(Temp.Path));
        Put("a", "x");
        try
        {
            Assert.ThrowsAny<IOException>(() => Disk.Rename(At("a"), other));
            Assert.False(File.Exists(other));
            Assert.True(File.Exists(At("a")));
        }
        finally
        {
            File.Delete(other);
        }
    }
}
