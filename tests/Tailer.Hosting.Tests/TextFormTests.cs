using FsCheck;
using FsCheck.Xunit;

namespace Tailer.Hosting.Tests;

public sealed class TextFormTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("250ms", 250)]
    [InlineData("1m", 60_000)]
    [InlineData("48h", 172_800_000)]
    [InlineData("14d", 1_209_600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData(" 2 s ", 2_000)]
    [InlineData("0", 0)]
    public void Durations_are_read(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1y")]
    [InlineData("1.2.3s")]
    [InlineData("999999999d")]
    public void Texts_that_are_no_durations_are_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Property]
    public void A_duration_survives_being_written_and_read(NonNegativeInt milliseconds)
    {
        var value = TimeSpan.FromMilliseconds(milliseconds.Get);
        Assert.True(DurationText.TryParse(DurationText.Format(value), out TimeSpan read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("256KiB", 262_144)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("1.5 MiB", 1_572_864)]
    [InlineData("17", 17)]
    [InlineData("0", 0)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1KiB")]
    [InlineData("1.5")]
    [InlineData("1 KiBs")]
    [InlineData("99999999TiB")]
    public void Texts_that_are_no_sizes_are_refused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Property]
    public void A_size_survives_being_written_and_read(NonNegativeInt bytes)
    {
        long value = bytes.Get * 1024L;
        Assert.True(SizeText.TryParse(SizeText.Format(value), out long read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("127.0.0.1:7411", "127.0.0.1", 7411, true)]
    [InlineData("[::1]:7411", "::1", 7411, true)]
    [InlineData("bucks.example:65535", "bucks.example", 65535, false)]
    [InlineData("localhost:0", "localhost", 0, true)]
    public void Addresses_are_read_and_written(string text, string host, int port, bool loopback)
    {
        Assert.True(NetworkAddress.TryParse(text, out NetworkAddress address));
        Assert.Equal(new NetworkAddress(host, port), address);
        Assert.Equal(text, address.ToString());
        Assert.Equal(loopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData(":80")]
    [InlineData("host:65536")]
    [InlineData("::1:7411")]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("a b:1")]
    public void Texts_that_are_no_addresses_are_refused(string text) => Assert.False(NetworkAddress.TryParse(text, out _));

    [Theory]
    [InlineData("bukcs", "bucks")]
    [InlineData("adress", "address")]
    [InlineData("flush_dealy", "flush_delay")]
    [InlineData("zz", null)]
    [InlineData("completely", null)]
    public void The_nearest_word_is_found_when_it_is_near(string word, string? expected) =>
        Assert.Equal(expected, NearestWord.Find(word, ["bucks", "address", "flush_delay", "state"]));
}
