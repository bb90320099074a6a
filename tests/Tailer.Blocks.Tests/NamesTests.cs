using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class NamesTests
{
    private static readonly ContentHash Hash = new(new UInt128(1, 2));

    [Property(MaxTest = 500)]
    public void A_bucket_name_reads_back(uint slot, ushort seconds)
    {
        ulong width = (1 + (seconds % 3600UL)) * LogTime.PerSecond;
        ulong start = slot * 977UL * width % (ulong.MaxValue / 4) / width * width;
        string[] parts = Names.Bucket(start, width).Split('/');
        Assert.Equal(2, parts.Length);
        Assert.True(Names.TryParseBucket(parts[0], parts[1], out ulong read));
        Assert.Equal(start, read);
        Assert.Equal(Names.Day(start), parts[0]);
    }

    [Property(MaxTest = 500)]
    public void A_span_name_reads_back(uint slot, byte kind)
    {
        ulong width = (kind % 4) switch { 0 => LogTime.PerHour, 1 => LogTime.PerMinute, 2 => 6 * LogTime.PerHour, _ => 10 * LogTime.PerSecond };
        ulong start = slot * width;
        string[] parts = Names.Span("prod", start, width).Split('/');
        Assert.Equal("prod", parts[0]);
        Assert.True(Names.TryParseSpan(parts[1], parts[2], out ulong read));
        Assert.Equal(start, read);
    }

    [Property(MaxTest = 500)]
    public void A_segment_name_reads_back_with_times_rounded_outwards(uint a, uint b, byte part, bool strays)
    {
        ulong min = (a * LogTime.PerSecond) + part;
        ulong max = min + (b * 1000UL);
        string name = Names.Segment(min, max, Hash, strays);
        Assert.True(Names.TryParseSegment(name, out ulong readMin, out ulong readMax, out ContentHash hash));
        Assert.Equal(Hash, hash);
        Assert.True(readMin <= min && min - readMin < LogTime.PerSecond);
        Assert.True(readMax >= max && readMax - max < LogTime.PerSecond);
        Assert.Equal(strays, name.EndsWith(Names.StraysSuffix, StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_time_there_is_has_a_name()
    {
        string name = Names.Segment(0, ulong.MaxValue, Hash, strays: false);
        Assert.StartsWith("19700101T000000Z-78150717T194537Z-", name, StringComparison.Ordinal);
        Assert.True(Names.TryParseSegment(name, out _, out _, out _));
    }

    [Theory]
    [InlineData("20260312", "1201.b", true)]
    [InlineData("20260312", "120130.b", true)]
    [InlineData("20260312", "12.b", false)]
    [InlineData("20260312", "1201", false)]
    [InlineData("20260312", "1201.b.tmp", false)]
    [InlineData("20260312", "1261.b", false)]
    [InlineData("20260312", "2401.b", false)]
    [InlineData("20260312", "-101.b", false)]
    [InlineData("20260312", " 101.b", false)]
    [InlineData("20260332", "1201.b", false)]
    [InlineData("2026031", "21201.b", false)]
    [InlineData("202603", "120112.b", false)]
    [InlineData("lost+found", "1201.b", false)]
    [InlineData("", "", false)]
    [InlineData("20260312", ".b", false)]
    public void Only_bucket_names_are_bucket_names(string day, string file, bool isOne) =>
        Assert.Equal(isOne, Names.TryParseBucket(day, file, out _));

    [Theory]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad9.seg", true)]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad9.strays.seg", true)]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad9.other.seg", false)]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad9.seg.1-2.tmp", false)]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad9", false)]
    [InlineData("20260312T000000Z-20260312T000003Z-402e10a1a517194a58a06e526b5f7ad.seg", false)]
    [InlineData("20260312T000000Z-402e10a1a517194a58a06e526b5f7ad9.seg", false)]
    [InlineData("20260312T000000Z-20260312T006003Z-402e10a1a517194a58a06e526b5f7ad9.seg", false)]
    [InlineData("402e10a1a517194a58a06e526b5f7ad9.seg", false)]
    [InlineData(".seg", false)]
    [InlineData(".strays.seg", false)]
    [InlineData("", false)]
    public void Only_segment_names_are_segment_names(string file, bool isOne) =>
        Assert.Equal(isOne, Names.TryParseSegment(file, out _, out _, out _));

    [Theory]
    [InlineData("20260312", "13", true)]
    [InlineData("20260312", "1330", true)]
    [InlineData("20260312", "133015", true)]
    [InlineData("20260312", "24", false)]
    [InlineData("20260312", "1", false)]
    [InlineData("20260312", "13:0", false)]
    [InlineData("202603121", "3", false)]
    public void Only_span_names_are_span_names(string day, string slot, bool isOne) =>
        Assert.Equal(isOne, Names.TryParseSpan(day, slot, out _));
}
