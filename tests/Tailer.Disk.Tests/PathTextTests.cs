using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Tailer.Disk.Tests;

public sealed class PathTextTests
{
    [Theory]
    [InlineData("/var/log/app.log")]
    [InlineData("/var/log/caf\u00e9 \U0001F600.log")]
    [InlineData(@"/run/systemd/dev-disk-by\x2duuid.log")]
    [InlineData("new\nline\t\u001b[31m")]
    public void A_name_of_characters_is_its_text(string name) => Assert.Equal(name, PathText.FromBytes(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xE9, (byte)'b' }, @"a\xE9b")]
    [InlineData(new byte[] { 0xC3 }, @"\xC3")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, @"\xED\xA0\x80")]
    [InlineData(new byte[] { (byte)'\\', (byte)'x', (byte)'E', (byte)'9' }, @"\x5CxE9")]
    [InlineData(new byte[] { (byte)'\\', 0xE9 }, @"\\xE9")]
    public void Bytes_that_are_no_characters_are_told_by_their_digits(byte[] name, string text) => Assert.Equal(text, PathText.FromBytes(name));

    [Property(MaxTest = 2000)]
    public bool Every_name_has_a_text_that_leads_back_to_it(byte[] any, NonEmptyArray<byte> picks)
    {
        // Mostly of what can be mistaken for each other.
        byte[][] pieces = [any.Where(b => b != 0).ToArray(), "\\"u8.ToArray(), "\\x"u8.ToArray(), "\\xE9"u8.ToArray(), "\\x5C"u8.ToArray(), [0xE9], [0xC3, 0xA9], "5C"u8.ToArray(), "x"u8.ToArray(), "8F"u8.ToArray()];
        byte[] name = [.. picks.Get.SelectMany(p => pieces[p % pieces.Length])];
        Span<byte> back = new byte[2 * PathText.PathBytesMax];
        return PathText.TryToBytes(PathText.FromBytes(name), back) && back[..back.IndexOf((byte)0)].SequenceEqual(name);
    }

    [Fact]
    public void What_is_too_long_or_has_a_zero_is_no_path()
    {
        Span<byte> path = new byte[PathText.PathBytesMax];
        Assert.True(PathText.TryToBytes(new string('a', PathText.PathBytesMax - 1), path));
        Assert.False(PathText.TryToBytes(new string('a', PathText.PathBytesMax), path));
        Assert.False(PathText.TryToBytes("a\0b", path));
    }
}
