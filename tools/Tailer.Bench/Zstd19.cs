using System.Globalization;

namespace Tailer.Bench;

/// <summary>
/// What <c>zstd -19 --long=27</c> makes of a file. A gigabyte takes a quarter of an hour, so the size is kept in a file beside the log,
/// with the log's length: another length is another log.
/// </summary>
internal static class Zstd19
{
    private const long WorthKeepingBytes = 10_000_000;

    public static long Bytes(string path)
    {
        string note = path + ".zstd19";
        string length = new FileInfo(path).Length.ToString(CultureInfo.InvariantCulture);
        if (File.Exists(note) && File.ReadAllText(note).Split(' ') is [string of, string known] && of == length)
        {
            Console.Error.WriteLine($"segment: zstd -19 --long=27 makes {known.Trim()} bytes of the corpus, says {note}");
            return long.Parse(known, CultureInfo.InvariantCulture);
        }
        bool isLarge = new FileInfo(path).Length >= WorthKeepingBytes;
        if (isLarge)
            Console.Error.WriteLine($"segment: zstd -19 --long=27 of {length} bytes; that takes about a second for each megabyte, the size is kept in {note}");
        string bytes = ToolRun.Of("zstd -19 --long=27 -q -c \"$1\" | wc -c", path).Output.Trim();
        if (isLarge)
            File.WriteAllText(note, $"{length} {bytes}\n");
        return long.Parse(bytes, CultureInfo.InvariantCulture);
    }
}
