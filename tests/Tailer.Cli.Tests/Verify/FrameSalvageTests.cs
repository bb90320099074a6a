using Tailer.Blocks;
using Tailer.Cli.Verify;
using Tailer.Disk;

namespace Tailer.Cli.Tests.Verify;

public sealed class FrameSalvageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Limits.FrameBytesMax)]
    [InlineData(2 * Limits.FrameBytesMax - 1000)]
    [InlineData(2 * Limits.FrameBytesMax - 3)]
    [InlineData(2 * Limits.FrameBytesMax)]
    [InlineData(3 * Limits.FrameBytesMax + 5)]
    public void Packets_are_found_wherever_they_lie(int before)
    {
        using var files = new SampleFiles();
        byte[] first = SampleFiles.Packet(0).Frame.ToArray(), second = SampleFiles.Packet(1).Frame.ToArray();
        byte[] bytes = [.. new byte[before], .. first, .. "TLF1 TLF1"u8, .. second, .. new byte[100]];
        using IDiskFile file = SystemDisk.Instance.OpenRead(files.Raw("x", bytes))!;
        Assert.Equal([before, before + first.Length + 9], FrameSalvage.Find(file, 0, bytes.Length).Select(f => f.Position));
        Assert.Equal([before], FrameSalvage.Find(file, 0, before + first.Length + 9 + second.Length - 1).Select(f => f.Position));
    }
}
