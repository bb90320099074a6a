using System.Globalization;

namespace Tailer.Reliability;

/// <summary>So many lines, after so many others, are written faster, as what a day leaves behind is made within a minute.</summary>
internal sealed record WriterBurst(long After, long Lines, int LinesPerSecond)
{
    /// <summary>Lines due so many seconds after the start; before and behind the burst, lines come at <paramref name="linesPerSecond"/>.</summary>
    public long Due(double seconds, int linesPerSecond)
    {
        double begins = (double)After / linesPerSecond;
        double ends = begins + ((double)Lines / LinesPerSecond);
        if (seconds < begins)
            return (long)(seconds * linesPerSecond);
        return seconds < ends
            ? After + (long)((seconds - begins) * LinesPerSecond)
            : After + Lines + (long)((seconds - ends) * linesPerSecond);
    }

    public string[] ToArguments() =>
        [After.ToString(CultureInfo.InvariantCulture), Lines.ToString(CultureInfo.InvariantCulture), LinesPerSecond.ToString(CultureInfo.InvariantCulture)];

    public static WriterBurst FromArguments(string[] a) =>
        new(long.Parse(a[0], CultureInfo.InvariantCulture), long.Parse(a[1], CultureInfo.InvariantCulture), int.Parse(a[2], CultureInfo.InvariantCulture));
}
