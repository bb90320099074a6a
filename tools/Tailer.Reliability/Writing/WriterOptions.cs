using System.Globalization;

namespace Tailer.Reliability;

/// <summary>What the writer is to do; also its command line.</summary>
/// <param name="Log">The file written.</param>
/// <param name="Report">Where it notes what it wrote, a line of JSON for each incarnation.</param>
/// <param name="LinesPerSecond">The pace; a writer that was held up writes faster until it has caught up.</param>
/// <param name="Lines">Ends after so many lines; SIGTERM ends it earlier.</param>
/// <param name="RotateLines">Lines of each file.</param>
/// <param name="Kind">How it rotates.</param>
/// <param name="Keep">Rotated files kept; 0 is all.</param>
/// <param name="Burst">Lines written faster in between; null: none.</param>
internal sealed record WriterOptions(string Log, string Report, int LinesPerSecond, long Lines, long RotateLines, RotationKind Kind, int Keep, WriterBurst? Burst = null)
{
    public string[] ToArguments() =>
    [
        Log, Report,
        LinesPerSecond.ToString(CultureInfo.InvariantCulture),
        Lines.ToString(CultureInfo.InvariantCulture),
        RotateLines.ToString(CultureInfo.InvariantCulture),
        Kind.ToString(),
        Keep.ToString(CultureInfo.InvariantCulture),
        .. Burst?.ToArguments() ?? [],
    ];

    public static WriterOptions FromArguments(string[] a) => new(
        a[0], a[1],
        int.Parse(a[2], CultureInfo.InvariantCulture),
        long.Parse(a[3], CultureInfo.InvariantCulture),
        long.Parse(a[4], CultureInfo.InvariantCulture),
        Enum.Parse<RotationKind>(a[5]),
        int.Parse(a[6], CultureInfo.InvariantCulture),
        a.Length > 7 ? WriterBurst.FromArguments(a[7..]) : null);
}
