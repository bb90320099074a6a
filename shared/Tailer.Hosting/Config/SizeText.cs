using System.Globalization;

namespace Tailer.Hosting;

/// <summary>Sizes in bytes as people write them: <c>256KiB</c>, <c>1GiB</c>, <c>500MB</c>, or a bare number of bytes.</summary>
public static class SizeText
{
    /// <summary>What to tell somebody whose size could not be read.</summary>
    public const string Expected = "a size such as 256KiB, 64MiB, 1GiB or 500MB";

    private static readonly (string Unit, long Scale)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000), ("B", 1),
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        long scale = 1;
        foreach ((string unit, long unitBytes) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            text = text[..^unit.Length].TrimEnd();
            scale = unitBytes;
            break;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return false;
        double product = number * scale;
        if (product > long.MaxValue / 2 || (scale == 1 && product != Math.Floor(product)))
            return false;
        bytes = (long)product;
        return true;
    }

    /// <summary>The exact text in the largest binary unit that divides the value.</summary>
    public static string Format(long bytes)
    {
        foreach ((string unit, long scale) in Units)
        {
            if (bytes != 0 && scale > 1 && unit.EndsWith("iB", StringComparison.Ordinal) && bytes % scale == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / scale}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }
}
