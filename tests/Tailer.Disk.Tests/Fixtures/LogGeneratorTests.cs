using Tailer.Testing;

namespace Tailer.Disk.Tests.Fixtures;

public sealed class LogGeneratorTests
{
    [Fact]
    public void The_same_seed_gives_the_same_lines() =>
        Assert.Equal(new LogGenerator(7).Bytes(500), new LogGenerator(7).Bytes(500));

    [Fact]
    public void Another_seed_gives_other_lines() =>
        Assert.NotEqual(new LogGenerator(7).Bytes(50), new LogGenerator(8).Bytes(50));

    [Fact]
    public void Every_application_writes_and_there_are_stack_traces()
    {
        var generator = new LogGenerator(1);
        List<GeneratedLine> lines = [.. Enumerable.Range(0, 2000).Select(_ => generator.Next())];
        Assert.Equal(LogGenerator.Apps.Order(), lines.Select(l => l.App).Distinct().Order());
        Assert.Contains(lines, l => l.Continues && l.Text.StartsWith("\tat ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Text.Contains('\n', StringComparison.Ordinal));
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.True(pair.First.Time <= pair.Second.Time));
    }

    [Fact]
    public void One_application_alone_can_be_asked_for()
    {
        var generator = new LogGenerator(2);
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal("orders", generator.Next("orders").App));
    }
}
