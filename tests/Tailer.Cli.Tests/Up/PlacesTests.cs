using Tailer.Cli.Up;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Up;

public sealed class PlacesTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Executables_are_looked_for_beside_this_one_and_in_the_working_tree() =>
        Assert.Equal(
            ["/src/tailer/tools/Tailer.Cli/bin/Release/net10.0/tailer-buck", "/src/tailer/buck/Tailer.Buck/bin/Release/net10.0/tailer-buck"],
            Executables.Places("buck", "/src/tailer/tools/Tailer.Cli/bin/Release/net10.0/", null));

    [Fact]
    public void The_environment_variable_wins() => Assert.Equal(["/opt/tailer/tailer-buck"], Executables.Places("buck", "/x/", "/opt/tailer"));

    [Fact]
    public void Only_readable_system_logs_are_followed()
    {
        Assert.Empty(SystemLogs.Readable(temp.Path));
        temp.File("deep/er/a.log", "x\n");
        Assert.Equal([temp.Path + "/**/*.log"], SystemLogs.Readable(temp.Path));
        temp.File("syslog", "x\n");
        Assert.Equal([temp.Path + "/**/*.log", temp.Path + "/syslog"], SystemLogs.Readable(temp.Path));
    }
}
