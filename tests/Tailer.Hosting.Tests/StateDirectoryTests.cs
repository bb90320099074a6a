namespace Tailer.Hosting.Tests;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tailer-state-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_new_directory_belongs_to_its_owner_alone()
    {
        string path = Path.Combine(root, "a", "b");
        using StateDirectory state = StateDirectory.Ensure(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(Path.Combine(path, StateDirectory.LockName)));
    }

    [Fact]
    public void A_directory_that_others_can_enter_is_refused_with_the_command_that_mends_it()
    {
        string path = Path.Combine(root, "loose");
        Directory.CreateDirectory(path, (UnixFileMode)0b111_101_101);
        FatalException e = Assert.Throws<FatalException>(() => StateDirectory.Ensure(path));
        Assert.Equal(ExitCode.Config, e.ExitCode);
        Assert.Contains($"mode 0755", e.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 700 '{path}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_holders_cannot_share_a_directory()
    {
        string path = Path.Combine(root, "s");
        using (StateDirectory.Ensure(path))
        {
            FatalException e = Assert.Throws<FatalException>(() => StateDirectory.Ensure(path));
            Assert.Equal(ExitCode.Unavailable, e.ExitCode);
            Assert.Contains("in use by another process", e.Message, StringComparison.Ordinal);
        }

        StateDirectory.Ensure(path).Dispose();
    }

    [Fact]
    public void A_secret_is_0600_even_where_a_looser_file_was_and_is_refused_when_loosened()
    {
        string path = Path.Combine(root, "token");
        SecretFile.Write(path, "first"u8);
        SecretFile.Write(path, " second\n"u8);
        Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(path));
        Assert.Equal("second", SecretFile.ReadText(path));
        File.SetUnixFileMode(path, SecretFile.Mode | UnixFileMode.GroupRead);
        FatalException e = Assert.Throws<FatalException>(() => SecretFile.ReadText(path));
        Assert.Contains($"chmod 600 '{path}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_not_there_is_a_configuration_error() =>
        Assert.Equal(ExitCode.Config, Assert.Throws<FatalException>(() => SecretFile.ReadText(Path.Combine(root, "none"))).ExitCode);
}
