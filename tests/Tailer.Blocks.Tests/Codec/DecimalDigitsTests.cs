using System.Globalization;
using System.Text;

namespace Tailer.Blocks.Tests.Codec;

public sealed class DecimalDigitsTests
{
    [Fact]
    public void Eight_digits_are_written_and_read_as_text_is()
    {
        byte[] text = new byte[8];
        for (uint n = 0; n < 100_000_000; n = n < 20_000 ? n + 1 : n + n / 1000 + 1)
            Check(n, text);
        for (uint n = 10_000; n < 100_000_000; n += 9_999)
            Check(n, text);
        Check(99_999_999, text);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("042", 42)]
    [InlineData("1234567", 1_234_567)]
    [InlineData("99999999", 99_999_999)]
    public void Fewer_digits_are_a_number_too(string digits, uint expected)
    {
        byte[] text = new byte[8];
        Encoding.ASCII.GetBytes(digits, text);
        Assert.Equal(expected, DecimalDigits.Read(BitConverter.ToUInt64(text), digits.Length));
    }

    private static void Check(uint n, byte[] text)
    {
        Encoding.ASCII.GetBytes(n.ToString("D8", CultureInfo.InvariantCulture), text);
        ulong digits = DecimalDigits.Of(n);
        Assert.Equal(BitConverter.ToUInt64(text), digits);
        Assert.Equal(n, DecimalDigits.Read(digits, 8));
    }
}
